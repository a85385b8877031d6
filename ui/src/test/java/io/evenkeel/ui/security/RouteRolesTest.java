package io.evenkeel.ui.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.auth.AccessAnnotationChecker;
import java.security.Principal;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/**
 * Every page and who may open it, by the check that the router itself makes. A new page fails here
 * until somebody has decided.
 */
class RouteRolesTest {
  private static final Map<String, String> LEAST =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("LoginView", "nobody"),
              Map.entry("RunsView", "viewer"),
              Map.entry("RunView", "viewer"),
              Map.entry("AlertsView", "viewer"),
              Map.entry("ControlView", "viewer"),
              Map.entry("AuditView", "viewer"),
              Map.entry("HealthView", "viewer"),
              Map.entry("ReceiversView", "viewer"),
              Map.entry("CompareView", "viewer"),
              Map.entry("RulesView", "viewer"),
              Map.entry("RunbookView", "viewer"),
              Map.entry("AccountView", "viewer"),
              Map.entry("UsersView", "admin")));

  @Test
  void shouldOpenEachPageToItsRolesAlone() throws Exception {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(Route.class));
    Map<String, String> found = new TreeMap<>();
    for (var bean : scanner.findCandidateComponents("io.evenkeel.ui")) {
      Class<?> page = Class.forName(bean.getBeanClassName());
      found.put(page.getSimpleName(), least(page));
    }
    assertThat(found).isNotEmpty();
    assertThat(LEAST).containsAllEntriesOf(found);
  }

  private static String least(Class<?> page) {
    var checker = new AccessAnnotationChecker();
    if (checker.hasAccess(page, null, role -> false)) {
      return "nobody";
    }
    Principal somebody = () -> "somebody";
    // A person has the role of the account alone; the pages must name each that may enter.
    for (Role role : Role.values()) {
      if (checker.hasAccess(page, somebody, Set.of(role.name(), role.authority())::contains)) {
        return role.name().toLowerCase(java.util.Locale.ROOT);
      }
    }
    return "none";
  }
}
