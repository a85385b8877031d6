/**
 * {@code ./evenkeel rules}: users' alert rules as a YAML file, checked, tried on stored runs, and
 * put into force.
 *
 * <p>Contract: what is wrong with a file is told all at once, with line and column. What judges a
 * stored run is the code that judges a live one: the judge's ({@code analytics.rule}, {@code
 * detect}, {@code history}), which needs no Flink. Threading: the command's thread. Must not import
 * {@code analytics.job}.
 */
@NullMarked
package io.evenkeel.standalone.rules;

import org.jspecify.annotations.NullMarked;
