package cli

import (
	"errors"

	"github.com/newsonce/newsonce/crawler/view/guard"
	"github.com/spf13/pflag"
)

// listenFlags are the flags of commands that serve HTTP.
type listenFlags struct {
	listen      string
	hosts       []string
	credentials string
	insecure    bool
}

// add adds the flags; serves says what is served, and listen is the default address.
func (f *listenFlags) add(fl *pflag.FlagSet, serves, listen string) {
	fl.StringVar(&f.listen, "listen", listen, "serve "+serves+" on `HOST:PORT`")
	fl.StringArrayVar(&f.hosts, "host", nil, "also answer requests for the host `NAME`; may be repeated")
	fl.StringVar(&f.credentials, "credentials", "", "require a name and password of `FILE`, which has a NAME:PASSWORD per line; htpasswd -B writes hashes")
	fl.BoolVar(&f.insecure, "insecure", false, "allow an address beyond loopback without --credentials")
}

// server listens as the flags say. Errors of the flags are wrong use.
func (f *listenFlags) server() (*guard.Server, error) {
	s, err := guard.Listen(guard.Options{
		Listen: f.listen, Hosts: f.hosts, Credentials: f.credentials, Insecure: f.insecure,
	})
	if errors.Is(err, guard.ErrMistake) {
		err = usage(err)
	}
	return s, err
}
