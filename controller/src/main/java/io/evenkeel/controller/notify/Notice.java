package io.evenkeel.controller.notify;

import io.evenkeel.alerting.route.AlertLabels;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a receiver is told at once: the news of a group of incidents, and what of it still fires.
 *
 * @param id the same over all tries and restarts
 * @param group what gathers them
 * @param items one an incident
 * @param remaining incidents that had no room and come with the next notice
 * @param replay that it is told again because somebody asked for it
 */
public record Notice(
    String id, Group group, List<Item> items, int remaining, Optional<Replay> replay) {

  /**
   * That a notice is told again.
   *
   * @param by who asked
   * @param at when
   */
  public record Replay(String by, Instant at) {}

  /** A notice that nobody asked for. */
  public Notice(String id, Group group, List<Item> items, int remaining) {
    this(id, group, items, remaining, Optional.empty());
  }

  /**
   * A group.
   *
   * @param id a hash of receiver and key
   * @param key readable
   * @param labels that all of the group share
   */
  public record Group(String id, String key, SortedMap<String, String> labels) {
    /** Copies. */
    public Group {
      labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }
  }

  /** Whether a receiver has heard of it before. */
  public enum Role {
    NEW,
    KNOWN
  }

  /**
   * An incident.
   *
   * @param alert its event, firing or resolved
   * @param startsAt wall time at which it fired
   * @param role whether this is news
   * @param control what Evenkeel did or proposes, a sentence each; may be empty
   */
  public record Item(AlertEvent alert, Instant startsAt, Role role, List<String> control) {

    /** Validates. */
    public Item {
      Objects.requireNonNull(startsAt, "startsAt");
      control = List.copyOf(control);
      if (alert.state() == AlertState.PENDING) {
        throw new IllegalArgumentException("nobody is told of a pending alert");
      }
    }

    /** Whether it still fires. */
    public boolean fires() {
      return alert.state() == AlertState.FIRING;
    }
  }

  /** Copies. */
  public Notice {
    items = List.copyOf(items);
  }

  /** Whether anything of it still fires. */
  public boolean fires() {
    return items.stream().anyMatch(Item::fires);
  }

  /** The notice of one event by itself. */
  public static Notice of(AlertEvent alert, Instant startsAt) {
    SortedMap<String, String> labels = AlertLabels.of(alert);
    return new Notice(
        idOf(alert),
        new Group(alert.alertId(), "{}:" + AlertLabels.text(labels), labels),
        List.of(new Item(alert, startsAt, Role.NEW, List.of())),
        0);
  }

  /** The id of an event's notice. It holds no dot, which separates the parts that are signed. */
  public static String idOf(AlertEvent alert) {
    String id = alert.alertId() + "-" + alert.state().name().toLowerCase(Locale.ROOT);
    return id.replace('.', '_');
  }
}
