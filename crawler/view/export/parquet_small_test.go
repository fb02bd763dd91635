//go:build small

package export

import (
	"errors"
	"io"
	"testing"
)

func TestParquetIsNotInSmallBuilds(t *testing.T) {
	if _, err := ToStream(t.Context(), items(t, lines), "parquet", io.Discard, Options{}); !errors.Is(err, ErrSmall) {
		t.Errorf("got %v, want ErrSmall", err)
	}
}
