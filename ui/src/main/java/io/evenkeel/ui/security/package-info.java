/**
 * Who may do what: accounts, roles and their check on the server before every action. Thread-safe.
 * Must not import Vaadin components; pages are in {@code security.ui}.
 */
@NullMarked
package io.evenkeel.ui.security;

import org.jspecify.annotations.NullMarked;
