package wall

import "testing"

func TestTopics(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Kind
		share      int
		distinct   int
	}{
		{"one core word", "We use cookies here.", Consent, 100, 1},
		{"the beginning of a word", "Datenschutzerklärung lesen", Consent, 100, 1},
		{"within a word", "The supercookies are baked", None, 0, 0},
		{"a whole word only", "The consentable one", None, 0, 0},
		{"one side word", "The browser is old.", None, 0, 1},
		{"two side words", "The browser has javascript.", Challenge, 100, 2},
		{"a phrase", "You sent too many requests", SlowDown, 100, 2},
		{"half of the sentences", "We use cookies on this site. The harbour board met today.", Consent, 50, 1},
		{"Japanese", "当サイトはクッキーを使用します。", Consent, 100, 1},
		{"Thai within a run", "เว็บไซต์ปิดปรับปรุงชั่วคราว", Broken, 100, 2},
		{"upper case", "ЗАЙМЕМСЯ: ФАЙЛЫ COOKIE", Consent, 100, 2},
		{"empty", "", None, 0, 0},
	} {
		got := topicsOf([]string{c.text}, maxTopic)
		kind := got.main()
		n := 0
		for _, d := range got.distinct {
			n += d
		}
		if kind != c.want || got.share() != c.share || n != c.distinct {
			t.Errorf("%s: %v, %d %%, %d words; want %v, %d %%, %d", c.name, kind, got.share(), n, c.want, c.share, c.distinct)
		}
	}
}

// No more is read than asked for.
func TestTopicsLimit(t *testing.T) {
	got := topicsOf([]string{"The harbour board met.", "We use cookies."}, 10)
	if got.wall != 0 || got.size > 30 {
		t.Errorf("%+v, want the first text only", got)
	}
}

// A term of the vocabulary is at least three bytes, else it is never found.
func TestVocabulary(t *testing.T) {
	for _, list := range terms {
		for _, e := range list {
			if len(e.text) < 3 {
				t.Errorf("%q is too short", e.text)
			}
		}
	}
}

func TestMainTopic(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		want  Kind
	}{
		{"the longer part", []string{"Please log in.", "We and our partners use cookies on this site."}, Consent},
		{"the longer part first", []string{"We and our partners use cookies on this site.", "Please log in."}, Consent},
		{"of equal parts the one with more words", []string{"Log in with your password after consent."}, Login},
		{"of equal parts and words the first kind", []string{"Log in after consent."}, Consent},
	} {
		got := topicsOf(c.texts, maxTopic)
		if got.main() != c.want {
			t.Errorf("%s: %v, want %v: %+v", c.name, got.main(), c.want, got)
		}
	}
}
