// Package docs holds the pages that the program shows as help and as manual pages.
package docs

import _ "embed"

// The pages, in Markdown.
var (
	//go:embed configuration.md
	Configuration string
	//go:embed items.md
	Items string
	//go:embed exit-codes.md
	ExitCodes string
)

// ItemSchema is the JSON Schema of a line of the output.
//
//go:embed item.schema.json
var ItemSchema []byte
