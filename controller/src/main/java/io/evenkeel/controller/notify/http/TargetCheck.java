package io.evenkeel.controller.notify.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.Optional;

/**
 * Whether a notice may go to an address: not to this machine, private networks, link-local ranges
 * (where clouds serve their metadata), or ranges that lead to them. Checked on the resolved
 * addresses at every try; the JVM's address cache, whose time is set here, then makes the
 * connection go to what was checked.
 */
public final class TargetCheck {

  private static final int RESOLUTION_CACHE_SECONDS = 30;

  static {
    Security.setProperty("networkaddress.cache.ttl", Integer.toString(RESOLUTION_CACHE_SECONDS));
  }

  /** Which addresses are allowed. */
  public enum Policy {
    PUBLIC_ONLY,
    PRIVATE_TOO
  }

  private final Policy policy;

  /** A check by {@code policy}. */
  public TargetCheck(Policy policy) {
    this.policy = policy;
  }

  /**
   * Why the host may not be called; empty if it may.
   *
   * @throws UnknownHostException if it has no address now
   */
  public Optional<String> refuse(String host) throws UnknownHostException {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    for (InetAddress address : InetAddress.getAllByName(bare)) {
      if (policy == Policy.PUBLIC_ONLY && !isPublic(address)) {
        return Optional.of(host + " resolves to " + address.getHostAddress());
      }
    }
    return Optional.empty();
  }

  /** Whether an address is one of the public Internet. */
  static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address ? isPublic4(bytes, 0) : isPublic6(bytes);
  }

  private static boolean isPublic4(byte[] bytes, int at) {
    int a = bytes[at] & 0xff;
    int b = bytes[at + 1] & 0xff;
    int c = bytes[at + 2] & 0xff;
    boolean special =
        a == 0
            || a == 10
            || a == 127
            || a >= 224
            || a == 100 && (b & 0xc0) == 64
            || a == 169 && b == 254
            || a == 172 && (b & 0xf0) == 16
            || a == 192 && b == 168
            || a == 192 && b == 0 && (c == 0 || c == 2)
            || a == 198 && (b & 0xfe) == 18
            || a == 198 && b == 51 && c == 100
            || a == 203 && b == 0 && c == 113;
    return !special;
  }

  private static boolean isPublic6(byte[] bytes) {
    int first = (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    int second = (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    if ((first & 0xfe00) == 0xfc00) {
      return false;
    }
    // Translated (NAT64, 6to4) and embedded IPv4 addresses lead where the inner address does.
    if (first == 0x64 && second == 0xff9b) {
      return isPublic4(bytes, 12);
    }
    if (first == 0x2002) {
      return isPublic4(bytes, 2);
    }
    boolean embedded = true;
    for (int i = 0; i < 10; i++) {
      embedded &= bytes[i] == 0;
    }
    return embedded ? isPublic4(bytes, 12) : (first & 0xe000) == 0x2000;
  }
}
