package sqlite

import "time"

// millis is t as the file stores it; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func span(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
