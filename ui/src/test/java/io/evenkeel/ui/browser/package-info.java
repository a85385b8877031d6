/**
 * The dashboard in a real browser, on a real database with sample runs; see {@link
 * io.evenkeel.ui.browser.Dashboard} for how to use it, and {@link
 * io.evenkeel.ui.browser.PicturesIT} for how to look at a page.
 */
package io.evenkeel.ui.browser;
