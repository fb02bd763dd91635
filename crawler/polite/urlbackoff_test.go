package polite

import (
	"testing"
	"time"
)

func TestURLBackoff(t *testing.T) {
	tests := []struct {
		attempt int
		jitter  float64
		want    time.Duration
	}{
		{-1, 0, 2 * time.Second},
		{1, 0, 2 * time.Second},
		{1, 0.5, 2200 * time.Millisecond},
		{2, 0, time.Minute},
		{3, 0.25, 10*time.Minute + 30*time.Second},
		{4, 0, 3 * time.Hour},
		{5, 0, 12 * time.Hour},
		{1 << 40, 0.5, 13*time.Hour + 12*time.Minute},
	}
	for _, tt := range tests {
		if got := URLBackoff(tt.attempt, tt.jitter); got != tt.want {
			t.Errorf("URLBackoff(%d, %v) = %v, want %v", tt.attempt, tt.jitter, got, tt.want)
		}
	}
}
