// Package guard keeps strangers out of the HTTP servers of newsonce.
//
//	guard.go        Options, Listen, Serve
//	check.go        what a request must satisfy
//	credentials.go  names and passwords from a file
package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Options say where a server listens and whom it answers.
type Options struct {
	Listen string // HOST:PORT; an empty host means every interface
	// Hosts are the names that the Host header of a request may have, besides localhost
	// and IP addresses. A page that points its own name to this server (DNS rebinding)
	// is refused.
	Hosts []string
	// Credentials is a file with a NAME:PASSWORD per line, or a hash of the password; "":
	// no password is required.
	Credentials string
	// Insecure allows listening beyond loopback without Credentials.
	Insecure bool
}

// ErrMistake is wrapped by the errors of Listen that a person fixes in the options.
var ErrMistake = errors.New("cannot serve")

// Server is a listening server that answers guarded requests only.
type Server struct {
	listener net.Listener
	guard    guard
}

// Listen checks the options and listens. Its errors wrap ErrMistake, unless the address
// cannot be listened on.
func Listen(o Options) (*Server, error) {
	addr, err := net.ResolveTCPAddr("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w on %q: %w: write HOST:PORT, such as 127.0.0.1:8080", ErrMistake, o.Listen, err)
	}
	if !addr.IP.IsLoopback() && o.Credentials == "" && !o.Insecure {
		return nil, fmt.Errorf("%w on %s, which others can reach: require a password with --credentials FILE, "+
			"or allow everybody with --insecure", ErrMistake, o.Listen)
	}
	g := guard{hosts: map[string]bool{"localhost": true}}
	for _, h := range o.Hosts {
		g.hosts[strings.ToLower(strings.TrimSuffix(h, "."))] = true
	}
	if o.Credentials != "" {
		if g.users, err = readCredentials(o.Credentials); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMistake, err)
		}
	}
	l, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Server{l, g}, nil
}

// Addr returns the address that the server listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close stops listening. It need not be called after Serve.
func (s *Server) Close() error { return s.listener.Close() }

// grace is how long open requests may take once the server stops.
const grace = 3 * time.Second

// Serve answers requests by h until ctx ends.
func (s *Server) Serve(ctx context.Context, h http.Handler) error {
	server := &http.Server{
		Handler: s.guard.check(h), MaxHeaderBytes: 64 << 10,
		ReadTimeout: 10 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		err := server.Shutdown(last)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		stopped <- err
	})
	err := server.Serve(s.listener)
	if stop() { // Serve failed before ctx ended
		return errors.Join(err, server.Close())
	}
	return <-stopped
}
