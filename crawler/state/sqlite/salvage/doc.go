// Package salvage reads the rows that are left in a damaged SQLite file, without
// SQLite: it believes no page to be where another says. The format is that of
// https://sqlite.org/fileformat2.html.
//
//	file.go    File: pages of the file and of its write-ahead log; Rows
//	page.go    the cells of one page, and the pages below it
//	record.go  the values of a record
//
// The rows of one table come first from the pages that its tree leads to, then from
// pages that nothing leads to any more, which are told by the form of their rows. The
// latter may be older copies of the former.
package salvage
