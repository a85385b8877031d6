package io.evenkeel.contract.command;

/** What a person says to a proposal. */
public enum ApprovalVerdict {
  APPROVED,
  REJECTED
}
