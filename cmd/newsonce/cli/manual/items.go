package manual

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/newsonce/newsonce/docs"
)

// keys describes the keys of each type of item in Markdown, in the order of the schema.
func keys() string {
	var schema yaml.MapSlice // JSON is YAML, and this keeps the order
	if err := yaml.UnmarshalWithOptions(docs.ItemSchema, &schema, yaml.UseOrderedMap()); err != nil {
		panic(fmt.Sprintf("docs/item.schema.json: %v", err))
	}
	defs := mapping(schema, "$defs")
	var b strings.Builder
	for _, def := range defs {
		shape := def.Value.(yaml.MapSlice)
		properties := mapping(shape, "properties")
		if properties == nil {
			continue
		}
		fmt.Fprintf(&b, "\n## Keys of %s\n\n%s\n\n| key | meaning |\n|---|---|\n", def.Key, text(shape, "description"))
		for _, p := range properties {
			fmt.Fprintf(&b, "| `%s` | %s |\n", p.Key, strings.ReplaceAll(meaning(p.Value.(yaml.MapSlice), defs), "|", `\|`))
		}
	}
	return b.String()
}

// meaning is the description of a key, else that of its form, else its values.
func meaning(p, defs yaml.MapSlice) string {
	if d := text(p, "description"); d != "" {
		return d
	}
	if _, name, ok := strings.Cut(text(p, "$ref"), "#/$defs/"); ok {
		return meaning(mapping(defs, name), nil)
	}
	for _, e := range p {
		switch e.Key {
		case "enum":
			var values []string
			for _, v := range e.Value.([]any) {
				values = append(values, fmt.Sprint(v))
			}
			return "One of " + strings.Join(values, ", ") + "."
		case "const":
			return fmt.Sprintf("Always %v.", e.Value)
		}
	}
	return ""
}

func mapping(m yaml.MapSlice, key string) yaml.MapSlice {
	v, _ := value(m, key).(yaml.MapSlice)
	return v
}

func text(m yaml.MapSlice, key string) string {
	v, _ := value(m, key).(string)
	return v
}

func value(m yaml.MapSlice, key string) any {
	for _, e := range m {
		if e.Key == key {
			return e.Value
		}
	}
	return nil
}
