//go:build !linux

package testpg

import "syscall"

func attributes(*account) *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
