namespace Stackmeta.Edge;

/// <summary>
/// What the kernel is told for namespaces of ours, so that one guest does not take what the others need too (ip-sysctl of the kernel's
/// documentation).
/// </summary>
static class NamespaceKernelSettings
{
    /// <summary>Assignments for sysctl(8).</summary>
    /// <param name="devices">The namespace's interfaces to guests.</param>
    public static IEnumerable<string> Of(IEnumerable<string> devices, bool hostHasIpv6) =>
        [
            // A half-open connection ends after 7 s instead of 63 s, so that few guests together fill the backlog (PortSecurityRules).
            "net.ipv4.tcp_synack_retries=2",
            // Both bound the backlog that the listeners ask for. Defaults depend on the kernel's version and the host's memory.
            "net.core.somaxconn=4096",
            "net.ipv4.tcp_max_syn_backlog=4096",
            // A redirect makes a neighbour of whatever gateway it names. All and each: either one is enough to accept them. An interface
            // begins anew with the default when its MTU becomes large enough for IPv6.
            .. devices
                .Prepend("default")
                .Prepend("all")
                .SelectMany(device =>
                    (string[])
                        [
                            $"net/ipv4/conf/{device}/accept_redirects=0",
                            .. hostHasIpv6 ? [$"net/ipv6/conf/{device}/accept_redirects=0"] : (string[])[],
                        ]
                ),
        ];

    /// <remarks>An interface whose MTU is too small for IPv6 has no settings of it (<c>-e</c>).</remarks>
    public static Command CommandOf(string @namespace, IEnumerable<string> devices, bool hostHasIpv6) =>
        new("ip", ["netns", "exec", @namespace, "sysctl", "-eqw", .. Of(devices, hostHasIpv6)]);
}
