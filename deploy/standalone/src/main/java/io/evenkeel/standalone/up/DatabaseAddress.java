package io.evenkeel.standalone.up;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/**
 * Where the database is.
 *
 * @param url JDBC URL
 * @param user role
 * @param password its password
 */
public record DatabaseAddress(String url, String user, String password) {
  private static final String CONNECT_SECONDS = "5";
  private static final String SOCKET_SECONDS = "60";
  private static final String NO_LIMIT = "0";

  /** Opens a connection; the caller closes it. */
  public Connection connect() throws SQLException {
    return connect(SOCKET_SECONDS);
  }

  /** The same for statements that take as long as they take. */
  public Connection connectPatiently() throws SQLException {
    return connect(NO_LIMIT);
  }

  private Connection connect(String socketSeconds) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("loginTimeout", CONNECT_SECONDS);
    properties.setProperty("socketTimeout", socketSeconds);
    properties.setProperty("ApplicationName", "evenkeel-standalone");
    return DriverManager.getConnection(url, properties);
  }

  Map<String, String> environment() {
    return Map.of(
        "EVENKEEL_DB_URL", url, "EVENKEEL_DB_USER", user, "EVENKEEL_DB_PASSWORD", password);
  }

  @Override
  public String toString() {
    return url + " as " + user;
  }
}
