package discord

import (
	"fmt"
	"slices"
	"strings"
)

// checkModalSelect checks a menu inside of a form. Discord refuses one that nobody could use there.
func checkModalSelect(c Component, f *form) {
	if c.Type != ComponentSelect {
		return
	}
	checkSelect(c, f)
	least, most := c.bounds()
	set := 0
	for _, o := range c.Options {
		if o.Default {
			set++
		}
	}
	switch {
	case c.Disabled:
		f.add("disabled", "COMPONENT_DISABLED_IN_MODAL", "Components in a modal cannot be disabled")
	case least > most || most > 25:
		f.add("max_values", "SELECT_COMPONENT_MAX_VALUES", "Must be at least min_values, and at most 25.")
	case set > most:
		f.add("options", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "More options are set than may be chosen.")
	}
}

// bounds is how many options may be chosen.
func (c Component) bounds() (least, most int) {
	least, most = 1, 1
	if c.Required != nil && !*c.Required {
		least = 0
	}
	if c.MinValues != nil {
		least = *c.MinValues
	}
	if c.MaxValues != nil {
		most = *c.MaxValues
	}
	return least, most
}

// chosen is what a person chose in a menu: one value, or several between spaces; what is set before when they left it alone.
func (c Component) chosen(value string, given bool) []string {
	list := []string{}
	switch {
	case !given:
		for _, o := range c.Options {
			if o.Default {
				list = append(list, o.Value)
			}
		}
	case c.has(value):
		list = append(list, value)
	default:
		list = append(list, strings.Fields(value)...)
	}
	return list
}

func (c Component) has(value string) bool {
	return slices.ContainsFunc(c.Options, func(o SelectOption) bool { return o.Value == value })
}

// checkChosen is what Discord's form refuses to send.
func (c Component) checkChosen(values []string) error {
	least, most := c.bounds()
	if n := len(values); n < least && (n > 0 || c.Required == nil || *c.Required) || n > most {
		return fmt.Errorf("menu %q takes %d to %d options, not %d", c.CustomID, least, most, n)
	}
	for _, v := range values {
		if !c.has(v) {
			return fmt.Errorf("menu %q has no option %q", c.CustomID, v)
		}
	}
	return nil
}
