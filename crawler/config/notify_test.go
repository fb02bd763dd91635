package config

import "testing"

func TestWordsOfAlerts(t *testing.T) {
	for _, tt := range []struct {
		word, text string
		want       bool
	}{
		{"earthquake", "An earthquake, again", true},
		{"earthquake", "EARTHQUAKE", true},
		{"earthquake", "earthquakes", false},
		{"earthquake", "aftershocks; earthquake-proof", true},
		{"quake", "earthquake", false},
		{"climate summit", "the climate\n  summit ends", true},
		{"climate summit", "climatesummit", false},
		{"C++", "written in C++.", true},
		{"C++", "C", false},
		{"(a|b)", "a", false},
		{"élan", "Élan vital", true},
		{"elan", "élan", false},
		{"cafe", "cafe\u0301", false}, // an accent of its own
		{"выборы", "Выборы прошли", true},
		{"выбор", "выборы", false},
		{"地震", "昨日地震発生", true},
		{"แผ่นดินไหว", "เกิดแผ่นดินไหวรุนแรง", true},
		{"5G", "the 5G network", true},
		{"5G", "15G", false},
	} {
		if got := anyWord([]string{"other", tt.word}).MatchString(tt.text); got != tt.want {
			t.Errorf("word %q in %q: %v, want %v", tt.word, tt.text, got, tt.want)
		}
	}
}
