package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// Key says what a line is about. The sink decides where the line goes.
type Key struct {
	Site string
	Type string
	At   time.Time // of the commit
}

// Position is the committed end of a file, or of whatever else a sink appends
// to. Callers store it as it is.
type Position struct {
	Key  string // unique in a state
	Data []byte // JSON that only the sink reads; empty: deletes the position under Key
}

// Sink appends lines durably. The caller stores the positions that Flush
// returns in the same transaction as everything else that the lines stand for:
// bytes are durable before the position that covers them.
//
// The order of a commit is Prepare, Append, Flush, the caller's transaction,
// Committed. Rewind takes the place of Committed when the transaction failed.
// A sink is used by one goroutine at a time.
type Sink interface {
	// Prepare makes ready what lines with these keys are written to. It saves the
	// positions to which the next run cuts if this one is killed, by Options.Save,
	// and so is called outside the caller's transaction.
	Prepare(ctx context.Context, keys []Key) error
	// Append keeps a line, which ends in a newline, until the next Flush. Its key
	// was prepared.
	Append(key Key, line []byte) error
	// Flush makes the lines durable and returns the positions to be stored. After
	// an error the sink is where the last commit left it.
	Flush(ctx context.Context) ([]Position, error)
	// Committed confirms that the positions of the last Flush are stored, and
	// seals what is due. It is also called once at the start, when the state has
	// recorded the run. An error that wraps ErrLowDisk leaves everything committed.
	Committed(ctx context.Context) error
	// Rewind drops all lines since the last commit.
	Rewind(ctx context.Context) error
	// Close drops lines that were not flushed. Lines that were flushed and not
	// committed are left to the next run, which cuts them off.
	Close() error
}

// Options say where lines go and what the state knows.
type Options struct {
	Path     string   // output.path of the configuration
	Base     string   // folder of the state; what lies in it may be moved together with it
	Keys     []Key    // all that this configuration may write, whatever their time
	Rotation Rotation // zero: files are never sealed
	MinFree  int64    // bytes that the disks of state and output must have left; 0 = any
	Accept   bool     // take files that were changed by others as they are

	// Spool is a folder for what is collected here and delivered elsewhere; "" for a
	// caller that keeps lines until they are committed, and appends them again, in
	// whatever order, when they are not.
	Spool   string
	Writer  Writer      // names the objects that this state writes
	Storage ObjectStore // of a Path in object storage

	Committed  []Position // stored by runs that ended
	Unfinished []Position // stored by a run that did not end: what follows them is cut

	Stdout io.Writer
	Warn   func(text string) // reports what a person may want to know
	Now    func() time.Time
	// Save stores positions in a transaction of its own, as those of this run.
	Save func(context.Context, []Position) error

	disk *disk // of a Spool; nil: system
}

// Writer tells states apart that write to one place. Epoch counts from 1; a person
// raises it when an older copy of the state was restored.
type Writer struct {
	State string // hexadecimal digits
	Epoch int64
}

// ObjectStore says how to reach an object storage. Credentials are not part of it.
type ObjectStore struct {
	Endpoint    string // URL; "" = that of AWS
	Region      string // "" = from the environment, else found out
	PathStyle   string // "true", "false", or "" = as the endpoint needs it
	PutIfAbsent bool   // objects are written by conditional requests
}

// ErrUndelivered is wrapped by errors of Finisher.Finish after which everything
// committed is kept for the next run.
var ErrUndelivered = errors.New("not delivered")

// ErrConflict is wrapped by errors about a place where something else was written: a person
// must find out what.
var ErrConflict = errors.New("something else is there")

// Finisher is a Sink that has work to do when a run has made its last commit.
type Finisher interface {
	Sink
	// Finish delivers what is committed until ctx ends. It is called before Close, and
	// not after an error.
	Finish(ctx context.Context) error
}

// Description tells a person what a position means.
type Description struct {
	Path    string
	Offset  int64 // bytes
	Lines   int64
	Sealed  bool     // everything written there was sealed under other names
	Waiting *Waiting // nil: nothing there waits for its delivery
}

// Waiting describes what is committed and not delivered yet.
type Waiting struct {
	Since time.Time
	Error string // of the last attempt, "" if there was none
}

// Driver is a kind of sink.
type Driver struct {
	Scheme   string // "s3" for output.path s3://…, "" for a file, "-" for standard output
	Open     func(context.Context, Options) (Sink, error)
	Describe func(base string, p Position) (Description, error) // nil: the sink has no positions
	// Segments lists what was written, for Sinks.Segments; nil: it cannot be read back.
	// It reads Path, Base, Spool, Writer, Storage and Committed of the options.
	Segments func(context.Context, Options) ([]Segment, error)
	// Restore finds lost positions again, for Sinks.Restore; nil: there are none.
	Restore func(context.Context, Options) ([]Position, error)
	// Check finds out whether a run could write, for Sinks.Check; nil: Open does.
	Check func(context.Context, Options) error
}

// Sinks are the drivers that output.path chooses from.
type Sinks []Driver

// Builtin returns the drivers of this package.
func Builtin() Sinks {
	return Sinks{
		{Open: OpenFiles, Describe: DescribeFile, Segments: FileSegments, Restore: RestoreFiles},
		{Scheme: Stdout, Open: OpenStdout},
	}
}

// Open opens the sink that o.Path names. It passes on the positions of that
// sink alone.
func (s Sinks) Open(ctx context.Context, o Options) (Sink, error) {
	d, err := s.driver(o.Path)
	if err != nil {
		return nil, err
	}
	if err := s.warnOfOthers(&o, d.Scheme); err != nil {
		return nil, err
	}
	o.Committed, o.Unfinished = d.own(o.Committed), d.own(o.Unfinished)
	return d.Open(ctx, o)
}

// warnOfOthers warns of lines that wait for their delivery by another sink.
func (s Sinks) warnOfOthers(o *Options, current string) error {
	for _, p := range slices.Concat(o.Committed, o.Unfinished) {
		if other := scheme(p.Key); other == "" || other == current || s.Knows(p.Key) != nil {
			continue
		}
		d, err := s.Describe(o.Base, p)
		if err != nil {
			return err
		}
		if d.Lines > 0 {
			o.Warn(fmt.Sprintf("%d lines wait for their delivery to %s; "+
				"a run with an output.path that begins with %s:// delivers them", d.Lines, d.Path, scheme(p.Key)))
		}
	}
	return nil
}

// Check finds out, as far as it can be known before a run, whether the output can be
// written to. It reads Path and Storage of the options.
func (s Sinks) Check(ctx context.Context, o Options) error {
	d, err := s.driver(o.Path)
	if err != nil || d.Check == nil {
		return err
	}
	return d.Check(ctx, o)
}

// own returns the positions of the driver's sinks.
func (d *Driver) own(all []Position) (list []Position) {
	for _, p := range all {
		if scheme(p.Key) == d.Scheme {
			list = append(list, p)
		}
	}
	return list
}

// Describe tells what a position means; base is that of Options.
func (s Sinks) Describe(base string, p Position) (Description, error) {
	d, err := s.driver(p.Key)
	if err != nil {
		return Description{}, err
	}
	if d.Describe == nil {
		return Description{}, fmt.Errorf("output %s has no position", p.Key)
	}
	return d.Describe(base, p)
}

func (s Sinks) driver(path string) (Driver, error) {
	for _, d := range s {
		if d.Scheme == scheme(path) {
			return d, nil
		}
	}
	var known []string
	for _, d := range s {
		if d.Scheme != "" && d.Scheme != Stdout {
			known = append(known, ", or "+d.Scheme+"://…")
		}
	}
	return Driver{}, fmt.Errorf("output %s: this program has no sink for %s://; write the path of a file%s",
		path, scheme(path), strings.Join(known, ""))
}

// Knows returns an error when there is no driver for a path.
func (s Sinks) Knows(path string) error {
	_, err := s.driver(path)
	return err
}

func scheme(path string) string {
	if path == Stdout {
		return Stdout
	}
	before, _, ok := strings.Cut(path, "://")
	if !ok {
		return ""
	}
	return before
}

// ErrLowDisk is wrapped by errors of opening a sink and of Committed when a
// disk has less than Options.MinFree left.
var ErrLowDisk = errors.New("low disk")

// room returns ErrLowDisk when one of the disks has less than MinFree left. It
// takes microseconds.
func (o *Options) room(free func(string) (int64, bool), dirs ...string) error {
	if o.MinFree == 0 {
		return nil
	}
	for _, dir := range dirs {
		if left, ok := free(dir); ok && left < o.MinFree {
			return fmt.Errorf("%w: %s has %s left, less than min_free (%s); make room and run again",
				ErrLowDisk, filepath.Clean(dir), humanize.IBytes(uint64(left)), humanize.IBytes(uint64(o.MinFree)))
		}
	}
	return nil
}
