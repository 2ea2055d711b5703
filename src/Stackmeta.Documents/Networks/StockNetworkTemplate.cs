using System.Buffers;
using System.Collections.Immutable;

namespace Stackmeta.Documents;

/// <summary>The output of Nova's stock template, byte for byte (spec/nova-metadata.md §3.6).</summary>
sealed class StockNetworkTemplate : NetworkTemplate
{
    public override void Render(ImmutableArray<InjectedInterface> interfaces, IBufferWriter<byte> output)
    {
        var text = new Utf8Output(output);
        text.Write(
            """
            # Injected by Nova on instance boot
            #
            # This file describes the network interfaces available on your system
            # and how to activate them. For more information, see interfaces(5).

            # The loopback network interface
            auto lo
            iface lo inet loopback

            """u8
        );
        foreach (var nic in interfaces)
        {
            text.Write("\nauto "u8);
            text.Write(nic.Name);
            text.Write("\n"u8);
            WriteStanza(ref text, nic, nic.Ipv4, "inet"u8);
            WriteStanza(ref text, nic, nic.Ipv6, "inet6"u8);
        }
        text.Flush();
    }

    static void WriteStanza(
        ref Utf8Output text,
        InjectedInterface nic,
        InjectedAddress? address,
        scoped ReadOnlySpan<byte> family
    )
    {
        if (address is null)
        {
            return;
        }
        text.Write("iface "u8);
        text.Write(nic.Name);
        text.Write(" "u8);
        text.Write(family);
        text.Write(" static\n"u8);
        WriteLine(ref text, "hwaddress ether "u8, nic.MacAddress ?? "None");
        WriteLine(ref text, "address "u8, address.Address);
        WriteLine(ref text, "netmask "u8, address.Netmask);
        if (ReferenceEquals(address, nic.Ipv4))
        {
            // Nova prints Python's None for a subnet that has no broadcast address.
            WriteLine(ref text, "broadcast "u8, address.Broadcast ?? "None");
        }
        WriteLine(ref text, "gateway "u8, address.Gateway);
        if (!address.DnsServers.IsEmpty)
        {
            WriteLine(ref text, "dns-nameservers "u8, string.Join(' ', address.DnsServers));
        }
    }

    static void WriteLine(ref Utf8Output text, scoped ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            text.Write("    "u8);
            text.Write(name);
            text.Write(value);
            text.Write("\n"u8);
        }
    }
}
