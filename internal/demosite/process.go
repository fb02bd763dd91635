package demosite

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// ServeProcess serves a world for another process. It prints the URLs of the sites
// as a JSON array. Then it reads commands from standard input until that is closed,
// and answers each with one line of JSON:
//
//	publish N   publishes N articles and prints their URLs
//	log         prints the requests since the last reset, see Request
//	reset       empties the log and prints true
//
// The other process gets the truth from a twin of the world: New with the same
// Options, Place with the URLs, Publish with the same numbers.
func ServeProcess(o Options, out io.Writer) error {
	return serveCommands(o, os.Stdin, out)
}

func serveCommands(o Options, in io.Reader, out io.Writer) error {
	w := New(o)
	stop, err := w.Serve()
	if err != nil {
		return err
	}
	defer stop()
	answers := json.NewEncoder(out)
	if err := answers.Encode(w.URLs()); err != nil {
		return fmt.Errorf("print the sites: %w", err)
	}
	commands := bufio.NewScanner(in)
	for commands.Scan() {
		answer, err := w.obey(commands.Text())
		if err != nil {
			return err
		}
		if err := answers.Encode(answer); err != nil {
			return fmt.Errorf("answer %q: %w", commands.Text(), err)
		}
	}
	return commands.Err()
}

func (w *World) obey(command string) (answer any, err error) {
	var n int
	switch {
	case command == "log":
		return w.Log(), nil
	case command == "reset":
		w.ResetLog()
		return true, nil
	}
	if _, err := fmt.Sscanf(command, "publish %d", &n); err != nil {
		return nil, fmt.Errorf("command %q is none of publish N, log, reset", command)
	}
	urls := []string{}
	for _, a := range w.Publish(n) {
		urls = append(urls, a.URL)
	}
	return urls, nil
}
