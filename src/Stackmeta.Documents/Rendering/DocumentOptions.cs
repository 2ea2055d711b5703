namespace Stackmeta.Documents;

/// <summary>Settings that change what documents say.</summary>
public sealed record DocumentOptions
{
    /// <summary>The default of <see cref="DhcpDomain"/>, here and in the settings.</summary>
    public const string DefaultDhcpDomain = "novalocal";

    /// <summary>Appended to host names after a dot; empty for none (Nova's <c>[api] dhcp_domain</c>).</summary>
    public string DhcpDomain { get; init; } = DefaultDhcpDomain;

    /// <summary>The release whose answers are given.</summary>
    public Compatibility Compatibility { get; init; } = Compatibility.Latest;

    /// <summary>Whether each line of a key pair's text is a key; Nova shows the whole text as one.</summary>
    public bool IsKeyPerLine { get; init; }

    /// <summary>
    /// How injected network configurations are written (Nova's <c>[DEFAULT] injected_network_template</c>); null for none at all.
    /// </summary>
    public NetworkTemplate? NetworkTemplate { get; init; } = NetworkTemplate.Stock;
}

/// <summary>The releases of Nova that differ in what guests see (spec/nova-metadata.md §12).</summary>
public enum Compatibility
{
    /// <summary>26.x: OpenStack versions up to 2020-10-14; subnets with distributed DHCP look static.</summary>
    Zed,

    /// <summary>27.x and 28.x: as <see cref="Zed"/>, with distributed DHCP understood.</summary>
    Antelope,

    /// <summary>31.x and later: OpenStack version 2025-04-04 with share devices.</summary>
    Epoxy,

    /// <summary>The newest known.</summary>
    Latest,
}
