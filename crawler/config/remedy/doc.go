// Package remedy knows what people write in crawl.yaml who are new to it or know other
// programs, and what to write instead. It returns the ends of messages.
//
//	key.go     keys of other programs or in a wrong place; examples of values
//	value.go   durations, numbers, selectors, patterns, paths, variables
//	syntax.go  YAML that cannot be read
package remedy
