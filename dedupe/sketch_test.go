package dedupe

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// sketchTexts are texts whose sketches are in testdata/sketches.json.
func sketchTexts() map[string][2]string {
	texts := map[string][2]string{
		"english": {ferryTitle, ferry}, "cyrillic": {"Паром", cyrillic}, "chinese": {"渡轮计划 2019", chinese},
		"arabic":          {"خطة العبارة", arabic},
		"thai":            {"ไทย 12", "นายกรัฐมนตรีกล่าวว่ารัฐบาลจะแก้ไขกฎหมายภายใน 30 วัน และจะเปิดเผยผลการศึกษาให้ประชาชนทราบ"},
		"mixed scripts":   {"iPhone発売", "新しいiPhoneが発売された。Apple社は17日、3.5%値上げすると発表した。 서울 회의 2023년 ภาษาไทย"},
		"dateline, aside": {"UPDATE 1-Shares rise", "LONDON (Reuters) - Shares in Marlow Steel rose by 4.5% to $40m on Monday. The Index of Eastport fell 12 points to 1,299.5.\n\n(Reporting by A. Smith)"},
		"amounts":         {"$1.2bn and 3k", "It cost €1.2bn, 40m crowns, 1,2Mrd and 400만원 on the 12th of May; the G7 gave 5tn at 14:30."},
		"in capitals":     {"STORM", "THE STORM HIT MARLOW. Trees Fell On The Road To Holm, And Cars Were Lost In The Water."},
		"sentences":       {"Names", "He met Karl. Then Karl (Rosa too) left: Ivo said \"Nils is at Holm\"! Who? Ana-Maria O'Neil, of Tarn's."},
		"accents":         {"Žluťoučký kůň", "Über Straße und Füße: Çok güzel, d’Ēriks Ångström – naïve façade. Ἀθήνα Ốc Ấn 12½"},
		"short":           {"", "Video"}, "no word": {"!!!", "– …"}, "two words": {"a b", "a b"},
		"three words": {"a b c 1", "A b c"},
		"repetition":  {"No", strings.Repeat("no news today ", 60)},
	}
	random := rand.New(rand.NewPCG(5, 5))
	for _, n := range []int{150, 500, 700, 1200, 6000} {
		words := make([]string, n)
		for i := range words {
			words[i] = fmt.Sprint("w", random.IntN(3000))
			switch i % 7 {
			case 1:
				words[i] = fmt.Sprint(random.IntN(2000))
			case 2, 5:
				words[i] = string([]byte{'A' + byte(random.IntN(26)), 'a' + byte(random.IntN(26)), 'a' + byte(random.IntN(26))})
			}
		}
		texts[fmt.Sprint(n, " words")] = [2]string{strings.Join(words[:min(n/20, 40)], " "), strings.Join(words, " ")}
	}
	return texts
}

// TestSketchesStay wants sketches as they were stored: those in states and index
// files are compared with new ones. -update rewrites the file.
func TestSketchesStay(t *testing.T) {
	const file = "testdata/sketches.json"
	stored := map[string]string{}
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &stored)
	}
	if err != nil && !*update {
		t.Fatal(err)
	}
	texts := sketchTexts()
	for name, text := range texts {
		_, s := Read(text[0], text[1])
		b, _ := s.AppendBinary(nil)
		if got := base64.StdEncoding.EncodeToString(b); *update {
			stored[name] = got
		} else if got != stored[name] {
			want, _ := base64.StdEncoding.DecodeString(stored[name])
			old, err := ParseSketch(want)
			t.Errorf("%s: got %+v\nwant %+v (%v)", name, s, old, err)
		}
	}
	if len(stored) != len(texts) {
		t.Errorf("%d stored sketches of %d texts", len(stored), len(texts))
	}
	if !*update {
		return
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(stored); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// hashed returns the hashes of words as samples hold them.
func hashed(kind tokenKind, words string) (sample []uint16) {
	for _, tok := range tokenize(nil, words, nil) {
		if tok.kind == kind {
			sample = append(sample, uint16(tok.hash>>48))
		}
	}
	slices.Sort(sample)
	return sample
}

// TestKinds tells numbers, names and other words apart.
func TestKinds(t *testing.T) {
	for _, tt := range []struct{ name, text, numbers, names, words string }{
		{
			"the start of a sentence",
			"Karl met Rosa. Ivo left! Nils came? Ana saw: Tom (Eva said \"Una is here\"", "", "rosa",
			"karl met ivo left nils came ana saw tom eva said una is here",
		},
		{
			"after other punctuation", "so it came that Karl, Rosa; Ivo - Nils and Ana's", "",
			"karl rosa ivo nils ana's", "so it came that and",
		},
		{"a new line", "so it\nKarl came", "", "", "so it karl came"},
		{"capitals without end", "SO IT IS WITH Karl and Rosa", "", "", "so it is with karl and rosa"},
		{"three of five", "so Karl Rosa Ivo it", "", "", "so karl rosa ivo it"},
		{"four of seven", "so it is Karl Rosa Ivo Nils", "", "karl rosa ivo nils", "so it is"},
		{
			"numbers", "on 12 of 4.5 and 1,000 at 14:30 the 2nd g7 3.5% x", "12 4.5 1,000 14:30 2nd g7 3.5", "",
			"on of and at the x",
		},
		{"zeros and nines", "so 10.05, 9.9 and 0:00 or 9,099", "10.05 9.9 0:00 9,099", "", "so and or"},
		{
			"separators at the end", "it was 12. in 13, at 14: so 1..2 and a.1 b,c", "12 13 14 1 2 1", "",
			"it was in at so and a b c",
		},
		{"digits of other scripts", "so ١٢ and १२", "١٢ १२", "", "so and"},
		{"apostrophes", "don't 'tis o' x'1", "1", "", "don't tis o x"},
		{"amounts", "so $40m and €1.2bn or 3k to 40mrd, 12th 40x m7", "40 1.2 3 40 12th 40x m7", "", "so and or to"},
		{"amounts in Korean", "또 40만원 and 12일 5조 12", "40 12일 5 12", "", "또 and"},
		{"combining marks", "so a\u0308b n\u093f", "", "", "so ab n\u093f"},
	} {
		_, s := Read("", tt.text)
		for _, part := range []struct {
			name string
			got  []uint16
			want []uint16
		}{
			{"numbers", s.numbers, hashed(number, tt.numbers)}, {"names", s.names, hashed(plainWord, tt.names)},
			{"words", s.words, hashed(plainWord, tt.words)},
		} {
			if want := slices.Compact(part.want); !slices.Equal(part.got, want) {
				t.Errorf("%s: %q: got %s %v, want %v", tt.name, tt.text, part.name, part.got, want)
			}
		}
	}
}

func TestSplitAmount(t *testing.T) {
	for word, want := range map[string][2]string{
		"40m": {"40", "million"}, "1.2bn": {"1.2", "billion"}, "1,2mrd": {"1,2", "mrd"},
		"5tn": {"5", "trillion"}, "3k": {"3", "thousand"}, "40млн": {"40", "млн"},
		"40만원": {"40", "만원"}, "3억": {"3", "억"}, "2조": {"2", "조"},
		"40": {"40", ""}, "12th": {"12th", ""}, "m40": {"m40", ""}, "40mm": {"40mm", ""},
		"14h30": {"14h30", ""}, "12일": {"12일", ""}, "4é": {"4é", ""}, "7x": {"7x", ""}, "만2": {"만2", ""},
		"m": {"m", ""},
	} {
		if number, scale := splitAmount(word); number != want[0] || scale != want[1] {
			t.Errorf("%s: got %q, %q, want %q", word, number, scale, want)
		}
	}
}

// TestTitleWords puts the words with digits first, a few of them.
func TestTitleWords(t *testing.T) {
	hash := func(odd uint16, word string) uint16 { return uint16(tokenize(nil, word, nil)[0].hash>>48)&^1 | odd }
	var nine, many []string
	for i := range 20 {
		nine = append(nine, fmt.Sprint(i))
		many = append(many, fmt.Sprintf("w%c", 'a'+i))
	}
	for _, tt := range []struct {
		name, title string
		numbers     []string
		words       []string
	}{
		{"words and numbers", "part 2 of the 12 plan of", []string{"2", "12"}, []string{"part", "of", "the", "plan"}},
		{"many numbers", strings.Join(nine, " "), nine[:4], nil},
		{"many words", strings.Join(many, " "), nil, many[:16]},
		{"many of both", strings.Join(append(many[:15:15], nine...), " "), nine[:4], many[:12]},
		{"a version", "update 1-council votes", nil, []string{"council", "votes"}},
		{"another version", "wrapup 12 - council votes", nil, []string{"council", "votes"}},
		{"no version", "update 112-council votes", []string{"112"}, []string{"update", "council", "votes"}},
		{"an amount", "$40m for 3", []string{"40", "3"}, []string{"for"}},
	} {
		var want []uint16
		for _, w := range tt.numbers {
			want = append(want, hash(1, w))
		}
		for _, w := range tt.words {
			want = append(want, hash(0, w))
		}
		if got := titleWords(tt.title); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, want)
		}
	}
}

// TestSmallest wants the n entries with the smallest distinct hashes, and of
// equal ones the first, however many there are.
func TestSmallest(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	var room []uint64
	for _, n := range []int{1, 4, 24, maxSamples} {
		for _, size := range []int{0, 1, n - 1, n, n + 1, 3 * n, 3*n + 1, 10 * n, 100 * n} {
			for _, distinct := range []uint32{1, 3, uint32(n), 1 << shingleBits} {
				all := make([]uint64, size)
				first := map[uint32]uint64{}
				for i := range all {
					hash := random.Uint32N(distinct) * (1 << shingleBits / distinct)
					all[i] = uint64(hash)<<32 | uint64(i)
					if _, ok := first[hash]; !ok {
						first[hash] = all[i]
					}
				}
				var want []uint64
				for _, x := range first {
					want = append(want, x)
				}
				slices.Sort(want)
				want = want[:min(n, len(want))]
				room = nil
				if got := smallest(all, n, &room); !slices.Equal(got, want) {
					t.Fatalf("%d of %d entries with %d hashes: got %v, want %v", n, size, distinct, got, want)
				}
				if large := size > 3*n; large != (room != nil) || large && n >= 24 && distinct == 1<<shingleBits && (len(room) < n || len(room) > 2*n) {
					t.Errorf("%d of %d entries were chosen from %d", n, size, len(room))
				}
			}
		}
	}
}

// TestRoom is reused only for texts of usual length.
func TestRoom(t *testing.T) {
	for size, want := range map[int]bool{mostRoom: true, mostRoom + 1: false} {
		r := &room{folded: make([]byte, 0, size)}
		if r.usual() != want {
			t.Errorf("a room of %d bytes is reused: %v, want %v", size, !want, want)
		}
	}
}
