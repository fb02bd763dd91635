package report

import (
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/newsonce/newsonce/crawler/item"
)

// brief keeps articles in a third of the memory that Items take: a hash of the id, two
// times, and the texts in blocks that the garbage collector need not look into.
type brief struct {
	places map[uint64]place // by the hash of the id
	blocks [][]byte
}

// place tells where the texts of an article are: site, URL and title, in this order.
type place struct {
	at, seen         int64 // Unix seconds
	block, begin     uint32
	site, url, title uint16 // lengths
}

const (
	blockBytes = 1 << 20
	// maxText bounds the bytes of a text, of which the page shows less.
	maxText = 4 << 10
)

func (b *brief) add(x *Item) {
	url := x.URL
	if len(url) > maxText {
		url = "" // half of it would lead elsewhere
	}
	title, site := x.Title[:min(len(x.Title), maxText)], x.Site[:min(len(x.Site), maxText)]
	if n := len(b.blocks); n == 0 || len(b.blocks[n-1])+len(site)+len(url)+len(title) > blockBytes {
		b.blocks = append(b.blocks, make([]byte, 0, blockBytes))
	}
	n := len(b.blocks) - 1
	p := place{at: x.At.Unix(), seen: x.Seen.Unix(), block: uint32(n), begin: uint32(len(b.blocks[n])),
		site: uint16(len(site)), url: uint16(len(url)), title: uint16(len(title))}
	b.blocks[n] = append(append(append(b.blocks[n], site...), url...), title...)
	b.places[xxh3.HashString(x.ID)] = p
}

// get returns the article with an id.
func (b *brief) get(id string) (Item, bool) {
	p, ok := b.places[xxh3.HashString(id)]
	if !ok {
		return Item{}, false
	}
	text := string(b.blocks[p.block][p.begin:][:int(p.site)+int(p.url)+int(p.title)])
	site, text := text[:p.site], text[p.site:]
	url, text := text[:p.url], text[p.url:]
	return Item{Type: item.TypeArticle, Site: site, URL: url, Title: strings.ToValidUTF8(text[:p.title], ""), ID: id,
		At: time.Unix(p.at, 0).UTC(), Seen: time.Unix(p.seen, 0).UTC()}, true
}
