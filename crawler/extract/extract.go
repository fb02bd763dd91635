// Package extract turns one HTML page into an article, its headline lists and
// its links. It does no I/O and parses the page once.
package extract
