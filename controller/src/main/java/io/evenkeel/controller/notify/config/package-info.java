/**
 * The file of receivers and routes: YAML in Alertmanager's shape, read as a graph of nodes so that
 * every error has its place and all are told at once. Immutable results; secrets are never in a
 * text made of them. Must not import the outbox, the receivers or SQL.
 */
@NullMarked
package io.evenkeel.controller.notify.config;

import org.jspecify.annotations.NullMarked;
