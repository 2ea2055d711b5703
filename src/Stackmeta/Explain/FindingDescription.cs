namespace Stackmeta;

/// <summary>What a <see cref="Finding"/> is called, where it lies, and what to do about it.</summary>
/// <param name="Link">The link that it breaks.</param>
/// <param name="Meaning">What it does to the guest: one sentence.</param>
/// <param name="Next">What to do next: one sentence.</param>
sealed record FindingDescription(PathLink Link, string Meaning, string Next)
{
    /// <summary>Whether the guest is answered all the same, if nothing else is broken.</summary>
    public bool IsBearable { get; init; }

    const string LookAtEdge =
        "See what 'stackmeta up' or 'stackmeta edge' logs about this network; start it where it does not run.";
    const string LookAtAgent =
        "See what the agent logs; start 'stackmeta up' or 'stackmeta agent' where it does not run.";
    const string AskAgain = "Ask again with '--patience 5'; if it stays so, see what it logs, and start it anew.";
    const string LookAtApi =
        "See what the metadata API logs; start it where it does not run, or mend the setting agent.api.";

    /// <summary>The name in JSON and tables, for example <c>namespace-missing</c>.</summary>
    public static string NameOf(Finding finding) =>
        string.Concat(
            finding
                .ToString()
                .Select(
                    (letter, i) => (i > 0 && char.IsAsciiLetterUpper(letter) ? "-" : "") + char.ToLowerInvariant(letter)
                )
        );

    /// <exception cref="ArgumentOutOfRangeException">For an undefined value.</exception>
    public static FindingDescription Of(Finding finding) =>
        finding switch
        {
            Finding.PortUnknown => new(
                PathLink.Port,
                "No port of the network has this address, so nobody can say who asks: the guest gets 404.",
                "See 'stackmeta port list' (or Neutron's); give the guest the address of its port."
            ),
            Finding.PortAmbiguous => new(
                PathLink.Port,
                "Several ports answer to this address, so nobody can say who asks: the guest gets 404.",
                "Give one of them another address, or delete the one that is too many."
            ),
            Finding.PortWithoutAddress => new(
                PathLink.Port,
                "The port has no fixed IP, so no guest can ask for it over IPv4.",
                "Give it one: 'stackmeta port set PORT --fixed-ip ...'."
            ),
            Finding.PortWithoutDevice => new(
                PathLink.Port,
                "The port belongs to no instance: the guest gets 404.",
                "Say whose it is: 'stackmeta port set PORT --device INSTANCE' (in Neutron, plug it into its instance)."
            ),
            Finding.InstanceUnknown => new(
                PathLink.Instance,
                "The port names an instance that is not in the inventory, deleted perhaps: the guest gets 404.",
                "Create the instance with this id, or let the port name another one."
            ),
            Finding.NamespaceMissing => new(
                PathLink.Namespace,
                "Nothing serves the network on this host: the guest gets no lease and no answer.",
                LookAtEdge
            ),
            Finding.NamespaceEmpty => new(
                PathLink.Namespace,
                "The namespace's file is there, but no namespace is mounted on it.",
                "Remove it with 'ip netns delete NAME'; the edge makes it again."
            ),
            Finding.DeviceMissing => new(
                PathLink.Device,
                "The namespace has no interface on the network, so nothing from the guest arrives.",
                LookAtEdge
            ),
            Finding.DeviceDown => new(
                PathLink.Device,
                "The namespace's interface is down, so nothing from the guest arrives.",
                "Set it up: 'ip -n NAMESPACE link set DEVICE up'."
            ),
            Finding.MtuMismatch => new(
                PathLink.Device,
                "The namespace sends larger packets than the network takes: long answers hang.",
                "Give the network its real MTU ('stackmeta network set NETWORK --mtu N'), or the device the network's."
            )
            {
                IsBearable = true,
            },
            Finding.AddressMissing => new(
                PathLink.Address,
                "Nobody has 169.254.169.254 on the network: the guest's request finds no host.",
                LookAtEdge
            ),
            Finding.SubnetAddressMissing => new(
                PathLink.Address,
                "The namespace has lost its address on the guest's subnet, so no answer finds its way back.",
                LookAtEdge
            ),
            Finding.Ipv6AddressMissing => new(
                PathLink.Address,
                "Nobody has fe80::a9fe:a9fe on the network: a guest that asks over IPv6 finds no host.",
                LookAtEdge
            )
            {
                IsBearable = true,
            },
            Finding.Ipv6AddressDuplicate => new(
                PathLink.Address,
                "Another host of the network has fe80::a9fe:a9fe, so the kernel keeps ours unused (duplicate address detection).",
                "Find it ('ip -6 neigh' in a guest shows its MAC), and take the address from it."
            )
            {
                IsBearable = true,
            },
            Finding.BridgeMissing => new(
                PathLink.Attachment,
                "The network has no bridge on this host, so no guest reaches the namespace.",
                LookAtEdge
            ),
            Finding.BridgeDown => new(
                PathLink.Attachment,
                "The network's bridge is down, so no guest reaches the namespace.",
                "Set it up: 'ip link set BRIDGE up'."
            ),
            Finding.BridgeEndDetached => new(
                PathLink.Attachment,
                "The namespace's link is not on the network's bridge, so no guest reaches it.",
                LookAtEdge
            ),
            Finding.BridgeEndDown => new(
                PathLink.Attachment,
                "The bridge's end of the namespace's link is down, so no guest reaches it.",
                "Set it up: 'ip link set DEVICE up'."
            ),
            Finding.GuestNotAttached => new(
                PathLink.Attachment,
                "No interface but the namespace's own is on the network's bridge: the guest is not plugged in.",
                "Plug it in: 'stackmeta port attach PORT DEVICE'."
            ),
            Finding.GuestDeviceDown => new(
                PathLink.Attachment,
                "The guest's interface on the bridge is down.",
                "Set it up: 'ip link set DEVICE up', and see that the guest runs."
            ),
            Finding.SubnetWithoutDhcp => new(
                PathLink.Dhcp,
                "The subnet has no DHCP, so the guest is told neither its address nor the route to 169.254.169.254.",
                "Switch it on ('stackmeta subnet set SUBNET --dhcp'), or give the guest a config drive."
            ),
            Finding.DhcpServerDead => new(
                PathLink.Dhcp,
                "No DHCP server runs for the network: the guest gets neither address nor route.",
                LookAtEdge
            ),
            Finding.DhcpServerSilent => new(
                PathLink.Dhcp,
                "The DHCP server runs but is stopped: the guest gets neither address nor route.",
                "Let it go on ('kill -CONT PID'), or kill it: the edge starts another."
            ),
            Finding.DhcpHostMissing => new(
                PathLink.Dhcp,
                "The DHCP server does not know the port's MAC, so it gives the guest no address.",
                LookAtEdge
            ),
            Finding.DhcpHostWrong => new(
                PathLink.Dhcp,
                "The DHCP server gives the port's MAC another address than the port has.",
                LookAtEdge
            ),
            Finding.RouteMissing => new(
                PathLink.Route,
                "The guest is told no route to 169.254.169.254 (DHCP options 121 and 249).",
                LookAtEdge
            ),
            Finding.RouteWrong => new(
                PathLink.Route,
                "The guest is told a route to 169.254.169.254 that does not lead to the namespace.",
                LookAtEdge
            ),
            Finding.RedirectMissing => new(
                PathLink.Firewall,
                "The router's rules do not turn the guest's request to the proxy: it finds no host.",
                "Start the edge (or Neutron's L3 agent) anew; see which program took its rules away."
            ),
            Finding.FirewallDrops => new(
                PathLink.Firewall,
                "Packets to 169.254.169.254 port 80 are dropped on their way: the guest waits in vain.",
                "Look at 'nft list ruleset' and 'iptables-save' in the namespace and on the host."
            ),
            Finding.FirewallRejects => new(
                PathLink.Firewall,
                "Something listens, and yet connections to it are refused: a rule rejects them.",
                "Look at 'nft list ruleset' and 'iptables-save' in the namespace."
            ),
            Finding.ListenerMissing => new(
                PathLink.Listener,
                "Nothing listens on the metadata port of the namespace: the guest's connection is refused.",
                LookAtEdge
            ),
            Finding.ListenerForeign => new(
                PathLink.Listener,
                "Another program listens on the metadata port of the namespace, and answers in our place or not at all.",
                "End it; the edge takes the port as soon as it is free."
            ),
            Finding.ListenerSilent => new(
                PathLink.Listener,
                "The metadata port takes connections, and no answer comes: the process behind it is stuck or stopped.",
                AskAgain
            ),
            Finding.SocketMissing => new(
                PathLink.Socket,
                "The agent's socket is not there, so the proxies have nobody to ask: the guest gets 503.",
                LookAtAgent
            ),
            Finding.SocketForeign => new(
                PathLink.Socket,
                "What lies at the agent's path is no socket: the guest gets 503.",
                "Move it away and start the agent again."
            ),
            Finding.SocketClosed => new(
                PathLink.Socket,
                "The proxies' user may not connect to the agent's socket: the guest gets 503.",
                "Mend the setting agent.socket_mode (metadata_proxy_socket_mode), or 'chmod' the socket."
            ),
            Finding.AgentDead => new(
                PathLink.Socket,
                "The agent's socket is there, but no agent behind it: the guest gets 503.",
                LookAtAgent
            ),
            Finding.AgentSilent => new(
                PathLink.Socket,
                "The agent takes connections, and no answer comes: it is stuck or stopped.",
                AskAgain
            ),
            Finding.LookUpFailed => new(
                PathLink.LookUp,
                "Nobody tells who asks: the inventory or Neutron does not answer, and the guest gets 503.",
                "See that the inventory's database, or Neutron and Keystone, can be reached from here."
            ),
            Finding.ApiUnreachable => new(
                PathLink.Api,
                "The metadata API cannot be reached: the guest gets 503.",
                LookAtApi
            ),
            Finding.ApiSilent => new(
                PathLink.Api,
                "The metadata API takes connections, and no answer comes: the guest gets 504.",
                AskAgain
            ),
            Finding.ApiFailed => new(PathLink.Api, "The metadata API fails: the guest gets 5xx.", LookAtApi),
            Finding.SignatureRefused => new(
                PathLink.Api,
                "The metadata API does not believe the signature: the guest gets 403.",
                "Give agent and API the same secret (shared_secret_file, metadata_proxy_shared_secret)."
            ),
            Finding.ProjectMismatch => new(
                PathLink.Record,
                "Port and instance belong to different projects: the guest gets 404.",
                "Let the port's project be the instance's ('stackmeta port set PORT --project ID')."
            ),
            Finding.RecordMissing => new(
                PathLink.Record,
                "The metadata API does not know the instance: the guest gets 404.",
                "Was it deleted? Else see that agent and API use the same inventory or cloud, and Nova's mapping of it."
            ),
            Finding.RecordUnreadable => new(
                PathLink.Record,
                "The instance's record cannot be read: the guest gets 5xx.",
                "See what the metadata API logs: which database (in Nova, which cell's) cannot be read."
            ),
            Finding.AnswerOfAnother => new(
                PathLink.Record,
                "The answer is another instance's.",
                "Stop the agent at once and report this: it must never happen."
            ),
            Finding.DocumentRefused => new(
                PathLink.Documents,
                "The record is fine, and one of its documents is not served.",
                "See what the metadata API logs about this path."
            ),
            Finding.VendorDataUnavailable => new(
                PathLink.Documents,
                "Vendor data cannot be had, so the guest boots without it or waits.",
                "See what the metadata API logs about the vendor data file and targets."
            ),
            Finding.UserDataUnrecognised => new(
                PathLink.Documents,
                "cloud-init knows no user data that begins like this, and ignores it.",
                "Let it begin with '#cloud-config' or '#!'. Where the guest has another agent, ask that one's manual."
            ),
            Finding.DiskFull => new(
                PathLink.Host,
                "The disk of the data folder is full: passwords, leases and changes cannot be written.",
                "Make room on it."
            ),
            Finding.ClockBehind => new(
                PathLink.Host,
                "The clock stands before the inventory's last change: certificates and tokens may be refused.",
                "Set the clock (chrony, systemd-timesyncd)."
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(finding), finding, "Not a finding."),
        };
}
