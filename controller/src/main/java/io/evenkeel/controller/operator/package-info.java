/**
 * What people have set and asked: modes, holds, kill switch, open proposals, requests and their
 * answers. Folds over operator requests and the audit trail. Used from the control thread alone.
 */
@NullMarked
package io.evenkeel.controller.operator;

import org.jspecify.annotations.NullMarked;
