package wall

import "testing"

func TestFrame(t *testing.T) {
	const blocked = "Your request was stopped by the operator of this site. Reference: "
	for _, tt := range []struct {
		name string
		a, b string
		same bool
	}{
		{"a reference", blocked + "8f3a-11", blocked + "77b0-92", true},
		{"a time", blocked + "Monday, 30 November 2026 23:59:59 UTC", blocked + "Tuesday, 1 December 2026 00:00:01 UTC", true},
		{"a span", "Come back to read the story in 10 minutes or try later", "Come back to read the story in 1 minute or try later", true},
		{"digits of other scripts", "طلبك قيد المراجعة من مشغل هذا الموقع ٤٧ الآن", "طلبك قيد المراجعة من مشغل هذا الموقع ٩ الآن", true},
		{"other words", blocked + "8f3a-11", "Your request was stopped by the owner of this site. Reference: 8f3a-11", false},
	} {
		a, ok := Frame(tt.a)
		b, too := Frame(tt.b)
		if !ok || !too || (a == b) != tt.same {
			t.Errorf("%s: frames %q, %v and %q, %v", tt.name, a, ok, b, too)
		}
	}
	for _, text := range []string{"", "Reference 8f3a-11", "1 a 2 b 3 c 4 d 5 e 6 f 7 g", "Four words are few"} {
		if frame, ok := Frame(text); ok {
			t.Errorf("%q has the frame %q", text, frame)
		}
	}
}
