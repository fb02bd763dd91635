package date

// MarksChange reports whether a label introduces the date of a change, not that of publication.
func MarksChange(label string) bool {
	t := lex(label[max(0, len(label)-2*MaxLabel):])
	for i := max(0, len(t)-5); i < len(t); i++ {
		if t[i].kind == 'w' && (amendments[t[i].word] || i+1 < len(t) && amendments[t[i].word+t[i+1].word]) {
			return true
		}
	}
	return false
}

// MarksOther reports whether a label introduces the date of something else: when the
// programme was broadcast, the picture taken, the person born.
func MarksOther(label string) bool {
	t := lex(label[max(0, len(label)-2*MaxLabel):])
	for i := max(0, len(t)-5); i < len(t); i++ {
		if t[i].kind == 'w' && otherEvents[t[i].word] {
			return true
		}
	}
	return false
}

// otherEvents holds the words that introduce such dates.
var otherEvents = foldedSet("broadcast aired airs airing premiered premieres recorded photographed born died sendung sendedatum gesendet ausgestrahlt " +
	"erstausstrahlung aufgezeichnet geboren gestorben эфир эфире эфира передача снято родился родилась етер ефір emisión emitido emitida " +
	"transmitido diffusé diffusée diffusion tourné andato trasmesso uitgezonden uitzending sänt sändes sendt sendes wyemitowano emisja vysíláno " +
	"yayınlandığı εκπομπή μεταδόθηκε siaran ditayangkan प्रसारण 放送 播出 방송")

// BeginsWithChange reports whether the first word of s introduces the date of a change.
func BeginsWithChange(s string) bool {
	for _, t := range lex(s) {
		if t.kind == 'w' {
			return amendments[t.word]
		}
	}
	return false
}

// MaxLabel is the longest line, in bytes, that labels a date on the next line.
const MaxLabel = 40

// amendments holds the words that introduce the date of a change.
var amendments = map[string]bool{
	"updated": true, "modified": true, "edited": true, "обновлено": true, "изменено": true, "aktualisiert": true,
	"actualizado": true, "atualizado": true, "aggiornato": true, "modifié": true, "güncelleme": true, "yenilənib": true,
	"mis": true, "mise": true, "stand": true, "last": true, "update": true, "revised": true, "обновлен": true,
	"обновлена": true, "изменен": true,
	"оновлено": true, "змінено": true, "обновена": true, "обновен": true, "aktualisierung": true, "geändert": true,
	"bijgewerkt": true, "gewijzigd": true,
	"uppdaterad": true, "uppdaterat": true, "oppdatert": true, "opdateret": true, "päivitetty": true, "muokattu": true,
	"zaktualizowano": true, "aktualizacja": true,
	"aktualizováno": true, "aktualizovane": true, "aktualizované": true, "frissítve": true, "frissült": true,
	"actualizat": true, "actualizada": true,
	"actualización": true, "atualizada": true, "atualização": true, "aggiornata": true, "aggiornamento": true,
	"modifiée": true, "güncellendi": true,
	"güncellenme": true, "diperbarui": true, "diperbaharui": true, "cập": true, "更新": true, "수정": true, "تحدیث": true,
	"עודכן": true,
	"अपडेट": true, "ενημερωση": true, "განახლდა": true, "թարմացվել": true, "yenilendi": true, "yeniləndi": true,
	"ažurirano": true, "posodobljeno": true,
	"atnaujinta": true, "atjaunots": true, "uuendatud": true,
}
