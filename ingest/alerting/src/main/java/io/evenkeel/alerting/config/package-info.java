/**
 * The file of receivers and routes: YAML in Alertmanager's shape, read as a graph of nodes so that
 * every error has its place and all are told at once. Immutable results; secrets are never in a
 * text made of them. Must not import SQL or HTTP.
 */
@NullMarked
package io.evenkeel.alerting.config;

import org.jspecify.annotations.NullMarked;
