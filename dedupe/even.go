package dedupe

import "slices"

// mostEven bounds the lists that sortEven sorts itself, and so the cost of a list
// that somebody has crafted to fall into one bucket.
const mostEven = 1024

// sortEven sorts evenly distributed numbers below 1<<width, such as hashes. It
// distributes them to buckets by their highest 8 bits, and then sorts by
// insertion. For 200 numbers it takes a third of the time of slices.Sort.
func sortEven[T uint16 | uint64](list []T, width int) {
	if len(list) < 32 || len(list) > mostEven {
		slices.Sort(list)
		return
	}
	var begin [256]uint16
	for _, x := range list {
		begin[uint8(x>>(width-8))]++
	}
	at := uint16(0)
	for i, n := range begin {
		begin[i], at = at, at+n
	}
	var room [mostEven]T
	for _, x := range list {
		b := &begin[uint8(x>>(width-8))]
		room[*b] = x
		*b++
	}
	copy(list, room[:])
	for i := 1; i < len(list); i++ {
		x, j := list[i], i
		for ; j > 0 && list[j-1] > x; j-- {
			list[j] = list[j-1]
		}
		list[j] = x
	}
}
