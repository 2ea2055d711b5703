namespace Stackmeta;

/// <summary>The links of the chain from a guest's question to its answer, in the order in which a request meets them.</summary>
enum PathLink
{
    /// <summary>The port that has the address.</summary>
    Port,

    /// <summary>The instance that the port belongs to.</summary>
    Instance,

    /// <summary>The namespace that serves the network.</summary>
    Namespace,

    /// <summary>Its interface on the network.</summary>
    Device,

    /// <summary>The metadata addresses on that interface.</summary>
    Address,

    /// <summary>The guest's own interface on the network's bridge.</summary>
    Attachment,

    /// <summary>The DHCP server.</summary>
    Dhcp,

    /// <summary>The route to 169.254.169.254 that the guest is given.</summary>
    Route,

    /// <summary>What filters packets between guest and listener.</summary>
    Firewall,

    /// <summary>What listens on the metadata port.</summary>
    Listener,

    /// <summary>The agent's unix socket.</summary>
    Socket,

    /// <summary>The port look-up, as the agent does it.</summary>
    LookUp,

    /// <summary>The metadata API, and whether it believes the agent's signature.</summary>
    Api,

    /// <summary>The instance's record.</summary>
    Record,

    /// <summary>Each document that a guest asks for.</summary>
    Documents,

    /// <summary>Disk and clock of this host.</summary>
    Host,
}
