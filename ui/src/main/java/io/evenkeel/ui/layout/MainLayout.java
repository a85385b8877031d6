package io.evenkeel.ui.layout;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.applayout.AppLayout;
import com.vaadin.flow.component.applayout.DrawerToggle;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Footer;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.SvgIcon;
import com.vaadin.flow.component.orderedlayout.Scroller;
import com.vaadin.flow.component.sidenav.SideNav;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.router.AfterNavigationEvent;
import com.vaadin.flow.router.AfterNavigationObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Layout;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.spring.security.AuthenticationContext;
import jakarta.annotation.security.PermitAll;

/** The frame around every page. */
@Layout
@PermitAll
public final class MainLayout extends AppLayout implements AfterNavigationObserver {
  private static final String TOGGLE_SCHEME =
      """
      const dark = getComputedStyle(document.documentElement).colorScheme === 'dark'
        || (getComputedStyle(document.documentElement).colorScheme.includes('dark')
            && !getComputedStyle(document.documentElement).colorScheme.startsWith('dark')
            && document.documentElement.getAttribute('theme') !== 'light'
            && matchMedia('(prefers-color-scheme: dark)').matches);
      const next = dark ? 'light' : 'dark';
      document.documentElement.style.colorScheme = next;
      document.documentElement.setAttribute('theme', next);
      try { localStorage.setItem('evenkeel.color-scheme', next); } catch (e) { /* not remembered */ }
      """;

  private final H1 title = new H1();

  /**
   * Builds the frame.
   *
   * @param authentication who is logged in
   */
  public MainLayout(AuthenticationContext authentication) {
    setPrimarySection(Section.DRAWER);
    addToDrawer(brand(), new Scroller(navigation(authentication)), account(authentication));
    var toggle = new DrawerToggle();
    toggle.setAriaLabel("Navigation");
    title.addClassName("page-title");
    title.setId("page-title");
    var bar = new Header(toggle, title, schemeButton());
    bar.addClassName("page-bar");
    addToNavbar(bar);
  }

  @Override
  public void afterNavigation(AfterNavigationEvent event) {
    title.setText(titleOf(getContent()));
  }

  private static String titleOf(Component content) {
    if (content instanceof HasDynamicTitle dynamic) {
      return dynamic.getPageTitle().replace(" · Evenkeel", "");
    }
    PageTitle fixed = content == null ? null : content.getClass().getAnnotation(PageTitle.class);
    return fixed == null ? "" : fixed.value().replace(" · Evenkeel", "");
  }

  private static Component brand() {
    var mark = new Image("evenkeel.svg", "");
    var link = new Anchor("runs", mark, new Span("Evenkeel"));
    link.addClassName("brand");
    return link;
  }

  private static Component navigation(AuthenticationContext authentication) {
    var navigation = new SideNav("Evenkeel");
    navigation.setId("navigation");
    navigation.addItem(
        item("Runs", "runs", "M3 17l5-6 4 4 8-10"),
        item("Alerts", "alerts", "M12 4a5 5 0 0 1 5 5v4l2 3H5l2-3V9a5 5 0 0 1 5-5zM10 20h4"),
        item("Receivers", "receivers", "M4 11v2l11 5V6zM15 9a3 3 0 0 1 0 6M7 15v4h3v-3"),
        item("Control", "control", "M5 7h8M17 7h2M5 17h2M11 17h8M15 4v6M9 14v6"),
        item("Audit", "audit", "M6 4h9l4 4v12H6zM9 11h7M9 15h7"),
        item("Rules", "rules", "M4 6h10M4 12h6M4 18h8M15 15l2 2 4-5"),
        item("Health", "health", "M3 12h4l3-7 4 14 3-7h4"));
    if (authentication.hasRole("ADMIN")) {
      navigation.addItem(
          item(
              "Users",
              "users",
              "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21v-2a5 5 0 0 1 14 0v2M17 8h5"));
    }
    return new Nav(navigation);
  }

  private static SideNavItem item(String label, String path, String outline) {
    var item = new SideNavItem(label, path, Glyphs.icon(outline));
    item.setId("nav-" + path);
    item.setMatchNested(true);
    return item;
  }

  private static Component schemeButton() {
    SvgIcon icon = Glyphs.icon("M12 4v16a8 8 0 0 0 0-16zM12 4a8 8 0 0 0 0 16");
    var button = new Button(icon);
    button.setId("color-scheme");
    button.setAriaLabel("Switch between light and dark");
    button.setTooltipText("Light or dark");
    button.addThemeVariants(ButtonVariant.LUMO_TERTIARY);
    button.addClassName("scheme-button");
    button.addClickListener(click -> click.getSource().getElement().executeJs(TOGGLE_SCHEME));
    return button;
  }

  private static Component account(AuthenticationContext authentication) {
    String name = authentication.getPrincipalName().orElse("");
    var who = new Anchor("account", name);
    who.getElement().setAttribute("aria-label", "Your account: " + name);
    who.setId("user");
    var logout = new Button("Log out", click -> authentication.logout());
    logout.setId("logout");
    logout.addThemeVariants(ButtonVariant.LUMO_TERTIARY);
    var line = new Div(who, logout);
    line.addClassName("account");
    return new Footer(line);
  }
}
