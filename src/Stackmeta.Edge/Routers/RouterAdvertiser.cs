namespace Stackmeta.Edge;

/// <summary>
/// radvd in a router's namespace, as Neutron has it, where the router is an IPv6 gateway: guests learn of one from no other than itself
/// (RFC 4861 §6.3.4). When it ends it tells them that the router is none any more. Used by one caller at a time, except
/// <see cref="Fault"/>.
/// </summary>
sealed class RouterAdvertiser(RouterFiles files, SupervisedSlot process, TimeProvider time)
{
    /// <summary>IPPROTO_ICMPV6: what a raw socket has in place of a port.</summary>
    const int Icmpv6 = 58;

    /// <summary>Why guests are told of no router; null when they are, or need not be.</summary>
    public string? Fault => process.Fault;

    /// <summary>Announces the router where it is a gateway, and nowhere else.</summary>
    public async Task ServeAsync(EdgeRouter router, string @namespace, CancellationToken cancellationToken)
    {
        var text = RadvdConfiguration.Render(router);
        if (text.Length == 0)
        {
            await StopAsync();
            return;
        }
        var isChanged = await TextFile.WriteIfChangedAsync(files.RadvdConfiguration, text, cancellationToken);
        var user = PosixUser.FindOrNobody("radvd");
        var definition = new ProcessDefinition
        {
            Program = "radvd",
            Arguments =
            [
                "--nodaemon",
                "--logmethod=stderr",
                $"--config={files.RadvdConfiguration}",
                $"--pidfile={files.RadvdProcess}",
            ],
            Namespace = @namespace,
            User = user,
            Capabilities = ["net_raw"],
            Ports = [new("raw6", Icmpv6)],
        };
        if (isChanged || !process.Runs(definition))
        {
            // It would be silent for 16 s after it could not send the first time, and guests that have heard dnsmasq ask no more.
            await LinkProvisioner.SettleLinkLocalAsync(@namespace, GatewaysOf(router), time, cancellationToken);
            await process.ReplaceAsync(definition, () => MakeProcessFile(user));
        }
    }

    static HashSet<string> GatewaysOf(EdgeRouter router) =>
        [
            .. router
                .Ports.Where(port => port.Advertisement is not null)
                .Select(port => DeviceNames.RouterInterface(port.PortId)),
        ];

    public Task StopAsync() => process.StopAsync();

    /// <summary>It does not run without the file, and may make none in our directory.</summary>
    void MakeProcessFile(PosixUser user)
    {
        File.WriteAllText(files.RadvdProcess, "");
        NetworkNamespace.Checked(Libc.ChangeOwner(files.RadvdProcess, user.Uid, user.Gid), "chown");
    }
}
