/**
 * The frame around every page: navigation, colour scheme, who is logged in. Touched by the thread
 * that holds the page's session lock alone. Must not import a feature's service.
 */
@NullMarked
package io.evenkeel.ui.layout;

import org.jspecify.annotations.NullMarked;
