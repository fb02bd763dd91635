package dedupe

import "strings"

// scales maps what may follow the digits of an amount without a space, folded, to
// the word that is written with one: "$40m" is "$40 million". Where a language
// has no short form of its own, the letters stand for themselves.
var scales = newScales()

func newScales() map[string]string {
	words := map[string]string{
		"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion", "tn": "trillion", "trn": "trillion",
	}
	for word := range strings.FieldsSeq("thousand million billion trillion mil mio mill mln mld mlrd mrd md tys tis lakh crore cr " +
		"millionen milliarden millions milliards millones milioni miliardi milhoes miljoen miljard miljoner miljarder " +
		"milyon milyar bin milionow miljardow trieu ty juta miliar тыс млн млрд трлн миллионов миллиардов тысяч χιλ εκατ δισ") {
		words[word] = word
	}
	return words
}

// hangulScales begin the words that Korean joins to the digits of an amount:
// ten thousand, a hundred million, a million million.
const hangulScales = "만억조"

// splitAmount splits the word for a scale off a number: "40m" is "40" and
// "million". Other words with digits, such as "12th", stay whole.
func splitAmount(word string) (number, scale string) {
	if isDigit(word[len(word)-1]) || !isDigit(word[0]) { // nearly all of them
		return word, ""
	}
	end := len(word) - len(strings.TrimLeft(word, "0123456789.,"))
	rest := word[end:]
	if scale = scales[rest]; scale != "" {
		return word[:end], scale
	}
	if len(rest) >= len("만") && strings.Contains(hangulScales, rest[:len("만")]) {
		return word[:end], rest
	}
	return word, ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
