package hostile

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// framed is an HTTP/2 connection with frames written by hand.
type framed struct {
	*http2.Framer
	block   bytes.Buffer
	encoder *hpack.Encoder
}

// frames serves HTTP/2: /news/bad with answer, everything else with 404. answer
// returns false to end the connection.
func frames(answer func(f *framed, id uint32) bool) Secure {
	config := func() *tls.Config {
		c := shown(soundCertificate)()
		c.NextProtos = []string{"h2"}
		return c
	}
	talk := bare(func(c net.Conn, s *Server) {
		if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		f := &framed{Framer: http2.NewFramer(c, c)}
		f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
		f.encoder = hpack.NewEncoder(&f.block)
		f.WriteSettings()
		for {
			fr, err := f.ReadFrame()
			if err != nil {
				return
			}
			h, ok := fr.(*http2.MetaHeadersFrame)
			if !ok {
				continue
			}
			s.note(&http.Request{Host: s.Secure[0], RequestURI: h.PseudoValue("path")})
			if h.PseudoValue("path") != "/news/bad" {
				f.headers(h.StreamID, true, ":status", "404")
			} else if !answer(f, h.StreamID) {
				return
			}
		}
	})
	return func(s *Server, l net.Listener) { talk(s, tls.NewListener(l, config())) }
}

// headers sends headers given in pairs.
func (f *framed) headers(id uint32, end bool, pairs ...string) error {
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: f.pack(pairs...), EndHeaders: true,
		EndStream: end})
}

func (f *framed) pack(pairs ...string) []byte {
	f.block.Reset()
	for i := 0; i < len(pairs); i += 2 {
		f.encoder.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return f.block.Bytes()
}

// ok sends the headers of a page.
func (f *framed) ok(id uint32, more ...string) error {
	return f.headers(id, false, append([]string{":status", "200", "content-type", "text/html; charset=utf-8"}, more...)...)
}

// streamCases returns the cases about HTTP/2.
func streamCases() []Case {
	news := []byte(article(badTitle))
	failed := Want{Exit: []int{3}, Counts: map[string]int{"failed": 1}, Requests: 24}
	h2 := func(name, does, must string, want Want, answer func(f *framed, id uint32) bool) Case {
		return Case{Name: "http2/" + name, Does: does, Must: must, Secure: []Secure{frames(answer)},
			Links: []string{"https://{tls0}/news/bad"},
			Site:  []string{`hosts: ["{host}", "{tls0}"]`}, Want: want}
	}
	broken := func(name, does string, answer func(f *framed, id uint32) bool) Case {
		return h2(name, does, "give up after some attempts, and continue with the next page", failed, answer)
	}
	// forever repeats a frame until the client hangs up.
	forever := func(send func() error) bool {
		for send() == nil {
		}
		return false
	}
	zero := make([]byte, 16<<10)
	return []Case{
		h2("sound", "nothing is wrong", "read the page", Want{Articles: with(badTitle), Requests: 8},
			func(f *framed, id uint32) bool {
				return f.ok(id) == nil && f.WriteData(id, true, news) == nil
			}),
		h2("refused streams", "every stream is refused as unprocessed", "give up after some attempts",
			failed.any(), func(f *framed, id uint32) bool {
				return f.WriteRSTStream(id, http2.ErrCodeRefusedStream) == nil
			}).quick(),
		broken("reset", "the stream is reset", func(f *framed,
			id uint32) bool {
			return f.WriteRSTStream(id, http2.ErrCodeInternal) == nil
		}),
		broken("reset in the body", "the stream is reset in the body", func(f *framed, id uint32) bool {
			return f.ok(id) == nil && f.WriteData(id, false, news[:500]) == nil &&
				f.WriteRSTStream(id, http2.ErrCodeCancel) == nil
		}),
		broken("go away", "the server goes away before it answers", func(f *framed, id uint32) bool {
			f.WriteGoAway(id, http2.ErrCodeEnhanceYourCalm, []byte("\x1b[31mslow down"))
			return false
		}),
		broken("closed", "the connection is closed before the answer", func(*framed, uint32) bool { return false }),
		broken("silence", "nothing is answered", func(*framed, uint32) bool { return true }).quick(),
		broken("endless continuation", "headers that do not end", func(f *framed, id uint32) bool {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: f.pack(":status", "200")})
			block := bytes.Clone(f.pack("x-more", string(bytes.Repeat([]byte("x"), 10000))))
			return forever(func() error { return f.WriteContinuation(id, false, block) })
		}).bytes(16 << 20),
		broken("compressed headers", "headers of 100 MB, compressed to a few KB", func(f *framed, id uint32) bool {
			block := bytes.Clone(f.pack(":status", "200", "x-more", string(bytes.Repeat([]byte("x"), 3000))))
			block = append(block, bytes.Repeat([]byte{0xbe}, 40000)...) // the last entry of the table, again and again
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block[:10000]})
			for rest := block[10000:]; len(rest) > 0; rest = rest[min(len(rest), 10000):] {
				f.WriteContinuation(id, len(rest) <= 10000, rest[:min(len(rest), 10000)])
			}
			return true
		}),
		broken("pings", "pings for ever", func(f *framed, _ uint32) bool {
			return forever(func() error { return f.WritePing(false, [8]byte{}) })
		}).quick().bytes(512 << 20),
		broken("settings", "settings for ever", func(f *framed, _ uint32) bool {
			return forever(func() error { return f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1}) })
		}).quick().bytes(512 << 20),
		broken("empty data", "empty frames of data for ever", func(f *framed, id uint32) bool {
			f.ok(id)
			return forever(func() error { return f.WriteData(id, false, nil) })
		}).quick().bytes(512 << 20),
		broken("promises", "pages are pushed that nobody requested", func(f *framed, id uint32) bool {
			f.WritePushPromise(http2.PushPromiseParam{StreamID: id, PromiseID: 2,
				BlockFragment: f.pack(":method", "GET", ":path", "/news/x"), EndHeaders: true})
			return true
		}).quick(),
		broken("short", "less data than content-length announces", func(f *framed, id uint32) bool {
			return f.ok(id, "content-length", strconv.Itoa(len(news)+100)) == nil && f.WriteData(id, true, news) == nil
		}),
		h2("long", "more data than content-length announces", "take no more than was announced",
			Want{Exit: []int{0, 3}, Requests: 8}, func(f *framed, id uint32) bool {
				return f.ok(id, "content-length", "100") == nil && f.WriteData(id, true, news) == nil
			}),
		broken("slow", "a byte in 100 ms", func(f *framed, id uint32) bool {
			f.ok(id)
			for _, b := range news {
				if f.WriteData(id, false, []byte{b}) != nil {
					return false
				}
				time.Sleep(100 * time.Millisecond)
			}
			return true
		}).quick(),
		h2("endless", "a page that does not end", "refuse it at its limit", Want{Exit: []int{0, 3}, Requests: 8},
			func(f *framed, id uint32) bool {
				f.ok(id)
				// The flow-control window is ignored.
				for range 11 << 20 / len(zero) {
					if f.WriteData(id, false, zero) != nil {
						return false
					}
				}
				return true
			}).bytes(32 << 20),
		broken("no status", "headers without a status", func(f *framed, id uint32) bool {
			return f.headers(id, true, "content-type", "text/html") == nil
		}),
		broken("endless 1xx", "Early Hints for ever", func(f *framed, id uint32) bool {
			return forever(func() error { return f.headers(id, false, ":status", "103", "link", "</x>; rel=preload") })
		}).quick().bytes(512 << 20),
		broken("frame of an odd size", "a frame larger than was agreed", func(f *framed, id uint32) bool {
			f.ok(id)
			return f.WriteRawFrame(http2.FrameData, 0, id, make([]byte, 1<<20)) == nil
		}),
		broken("noise", "frames of no kind, then noise", func(f *framed, id uint32) bool {
			f.WriteRawFrame(0xee, 0xff, id, zero[:100])
			f.WriteRawFrame(http2.FrameHeaders, http2.FlagHeadersEndHeaders, id, bytes.Repeat([]byte{0xff, 0x9c, 0x1b}, 100))
			return true
		}),
	}
}
