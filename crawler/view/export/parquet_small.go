//go:build small

package export

import (
	"fmt"
	"io"
)

func newParquet(io.Writer) (writer, error) { return nil, fmt.Errorf("parquet: %w", ErrSmall) }
