package dedupe

import "slices"

// mostEven bounds what sortEven does itself, and with it what a list costs that
// someone has made to lie in one bucket.
const mostEven = 1024

// sortEven sorts numbers below 1<<width that are spread evenly, as hashes are:
// all go to a bucket by their highest 8 bits, which leaves little for insertion
// to put right. For 200 of them it takes a third of the time of slices.Sort.
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
