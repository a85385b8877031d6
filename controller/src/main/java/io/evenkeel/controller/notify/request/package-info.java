/**
 * What people ask concerning alerts: each request is carried out once, in one transaction with its
 * answer, which goes to the audit trail afterwards. Receivers and routes are kept here in versions
 * and put in force without a restart. Independent of the control loop: its own consumer group, its
 * own threads. Must not import steering, policies or the guard.
 */
@NullMarked
package io.evenkeel.controller.notify.request;

import org.jspecify.annotations.NullMarked;
