//go:build tools

package x

import _ "github.com/fluxcd/kustomize-controller"
