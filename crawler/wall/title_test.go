package wall

import "testing"

func TestSameTitle(t *testing.T) {
	for _, c := range []struct {
		name, link, page, slug string
		agrees, known          bool
	}{
		{"equal", "Timber quay to reopen", "Timber quay to reopen", "", true, true},
		{"shortened", "Timber quay to reopen", "Ostrel's timber quay will reopen after eleven years, says board", "", true, true},
		{"inflected", "Quay reopening", "Old quays reopened", "", true, true},
		{"another", "Timber quay to reopen", "Cookie consent and choices", "", false, true},
		{"common small words do not agree", "The quay and the boats", "Log in and read the news", "", false, true},
		{"slug instead of the link", "", "Timber quay to reopen", "timber quay to reopen", true, true},
		{"slug agrees though the link does not", "Harbour news", "Timber quay to reopen", "timber quay reopens", true, true},
		{"slug differs", "", "One moment, please", "timber quay to reopen", false, true},
		{"nothing to compare", "", "Timber quay to reopen", "", false, false},
		{"one word", "Harbour", "Timber quay to reopen", "", false, false},
		{"no page title", "Timber quay to reopen", "", "", false, false},

		{"umlauts", "", "Bürgermeister eröffnet Brücke über die Weißach", "buergermeister eroeffnet bruecke weissach", true, true},
		{"Russian", "", "Мэр открыл мост через реку Волгу", "mer otkryl most cherez reku volgu", true, true},
		{"Russian, another spelling", "", "Жители Химок жалуются на шум поездов", "zhiteli himok zhaluyutsya na shum poezdov", true, true},
		{"Russian wall", "", "Проверка браузера перед входом", "mer otkryl most cherez reku volgu", false, true},
		{"Ukrainian", "", "Київ відкриває новий міст", "kyiv vidkryvaye novyj mist", true, true},
		{"Greek", "", "Ο δήμαρχος άνοιξε τη γέφυρα", "o dimarchos anoixe ti gefyra", true, true},
		{"Georgian", "", "თბილისში ახალი ხიდი გაიხსნა", "tbilisshi akhali khidi gaikhsna", true, true},
		{"Turkish", "", "Belediye başkanı köprüyü açtı", "belediye baskani kopruyu acti", true, true},
		{"Vietnamese", "", "Cầu mới mở ở Hà Nội", "cau moi mo o ha noi", true, true},

		{"Japanese", "市長が新しい橋を開通", "新しい橋、市長が開通式", "", true, true},
		{"Japanese wall", "市長が新しい橋を開通", "アクセスが集中しています", "", false, true},
		{"Chinese", "市长宣布新桥开通", "新桥开通 市长出席仪式", "", true, true},
		{"Korean", "시장, 새 다리 개통식 참석", "새 다리 개통식에 시장 참석", "", true, true},
		{"Thai", "นายกเทศมนตรีเปิดสะพานใหม่", "สะพานใหม่เปิดแล้ว นายกเทศมนตรีร่วมพิธี", "", true, true},
		{"Arabic", "رئيس البلدية يفتتح الجسر الجديد", "افتتاح الجسر الجديد", "", true, true},
		{"Arabic and a Latin slug", "", "رئيس البلدية يفتتح الجسر", "mayor opens bridge", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			agrees, known := SameTitle(c.link, c.page, c.slug)
			if agrees != c.agrees || known != c.known {
				t.Errorf("SameTitle(%q, %q, %q) = %v, %v; want %v, %v", c.link, c.page, c.slug, agrees, known, c.agrees, c.known)
			}
		})
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"https://news.example/2024/03/14/timber-quay-to-reopen":       "timber quay to reopen",
		"https://news.example/timber_quay_to_reopen.html":             "timber quay to reopen",
		"https://news.example/timber-quay-to-reopen-1234567/":         "timber quay to reopen",
		"https://news.example/timber-quay-to-reopen/1234567":          "timber quay to reopen",
		"https://news.example/latest-news/1234567":                    "",
		"https://news.example/news/1":                                 "",
		"https://news.example/article.php?id=4":                       "",
		"https://news.example/":                                       "",
		"https://news.example/a/%D0%BC%D0%BE%D1%81%D1%82-%D0%B8":      "мост и",
		"https://news.example/n/%E5%B8%82%E9%95%B7%E3%81%8C%E6%A9%8B": "市長が橋",
		"https://news.example/\x7f":                                   "",
	} {
		if got := Slug(in); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAbout(t *testing.T) {
	text := []string{"The harbour board voted to reopen the old timber quay.", "Work begins in spring."}
	for _, c := range []struct {
		link, slug   string
		about, known bool
	}{
		{"Timber quay to reopen", "", true, true},
		{"", "timber quay reopens", true, true},
		{"Night heron stays longer", "", false, true},
		{"", "", false, false},
	} {
		about, known := About(c.link, c.slug, text)
		if about != c.about || known != c.known {
			t.Errorf("About(%q, %q) = %v, %v; want %v, %v", c.link, c.slug, about, known, c.about, c.known)
		}
	}
}
