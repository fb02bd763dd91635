package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// change replaces a part of a file.
type change struct {
	pkg        *goPackage
	file       string // in the folder of pkg
	line       int
	from, to   int // bytes
	old, new   string
	sourceLine string
}

func (c change) String() string {
	return fmt.Sprintf("%s:%d: %s -> %s: %s", filepath.Join(c.pkg.ImportPath, c.file), c.line, c.old, c.new, c.sourceLine)
}

// opposites maps an operator to what it is turned into: the negated comparison,
// the comparison with the boundary on the other side, the other connective, the
// inverse operation.
var opposites = map[token.Token][]token.Token{
	token.EQL:  {token.NEQ},
	token.NEQ:  {token.EQL},
	token.LSS:  {token.GEQ, token.LEQ},
	token.LEQ:  {token.GTR, token.LSS},
	token.GTR:  {token.LEQ, token.GEQ},
	token.GEQ:  {token.LSS, token.GTR},
	token.LAND: {token.LOR},
	token.LOR:  {token.LAND},
	token.ADD:  {token.SUB},
	token.SUB:  {token.ADD},
	token.MUL:  {token.QUO},
	token.QUO:  {token.MUL},
	token.REM:  {token.MUL},
	token.AND:  {token.OR},
	token.OR:   {token.AND},
	token.SHL:  {token.SHR},
	token.SHR:  {token.SHL},

	token.ADD_ASSIGN: {token.SUB_ASSIGN},
	token.SUB_ASSIGN: {token.ADD_ASSIGN},
	token.MUL_ASSIGN: {token.QUO_ASSIGN},
	token.QUO_ASSIGN: {token.MUL_ASSIGN},
	token.INC:        {token.DEC},
	token.DEC:        {token.INC},
}

// changes returns all changes of the package's files whose names match, without
// its tests.
func (p *goPackage) changes(names *regexp.Regexp) ([]change, error) {
	var all []change
	for _, name := range p.GoFiles {
		if !names.MatchString(name) {
			continue
		}
		path := filepath.Join(p.Dir, name)
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		found, err := changesOf(path, source)
		if err != nil {
			return nil, err
		}
		for i := range found {
			found[i].pkg = p
		}
		all = append(all, found...)
	}
	return all, nil
}

// changesOf returns the changes of a file in the order of the source.
func changesOf(path string, source []byte) ([]change, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(source), "\n")
	var all []change
	add := func(at token.Pos, old, new string) {
		p := files.Position(at)
		all = append(all, change{
			file: filepath.Base(path), line: p.Line, from: p.Offset, to: p.Offset + len(old), old: old, new: new,
			sourceLine: strings.TrimSpace(lines[p.Line-1]),
		})
	}
	operator := func(at token.Pos, op token.Token) {
		for _, other := range opposites[op] {
			add(at, op.String(), other.String())
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if isText(n.X) || isText(n.Y) {
				break
			}
			operator(n.OpPos, n.Op)
			constant(n.X, add)
			constant(n.Y, add)
		case *ast.AssignStmt:
			if !isText(n.Rhs[0]) {
				operator(n.TokPos, n.Tok)
			}
		case *ast.IncDecStmt:
			operator(n.TokPos, n.Tok)
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				add(n.OpPos, "!", "")
			}
		}
		return true
	})
	return all, nil
}

// constant adds one to a whole number that an operator is applied to.
func constant(x ast.Expr, add func(at token.Pos, old, new string)) {
	if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.INT {
		if v, err := strconv.ParseInt(lit.Value, 10, 64); err == nil {
			add(lit.Pos(), lit.Value, strconv.FormatInt(v+1, 10))
		}
	}
}

// isText reports whether an operand is a string in quotes, which can only be
// joined or compared.
func isText(x ast.Expr) bool {
	lit, ok := x.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING
}
