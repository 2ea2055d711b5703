namespace Stackmeta.Edge;

/// <summary>The program that packet rules are given to.</summary>
public enum PacketFilter
{
    /// <summary>nft where the host has it, else iptables.</summary>
    Auto,
    Nftables,
    Iptables,
}
