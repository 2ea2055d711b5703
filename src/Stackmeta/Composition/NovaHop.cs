using System.Net;
using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.Documents;
using Stackmeta.Http;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>
/// The metadata API on a live cloud, as nova.conf describes it: Nova's databases, Neutron, the three proofs, vendor data.
/// </summary>
sealed class NovaHop : IHop, IRequestHandler
{
    readonly Exchangeable<NovaAnswering> _answering;
    readonly AdminSocket? _admin;
    readonly Owned _owned = new();

    /// <summary>Answers with it; opens no address. What answers becomes this one's to dispose of.</summary>
    public NovaHop(NovaAnswering answering, AdminSocket? admin, TimeProvider time)
    {
        _answering = new(answering, time);
        _admin = admin;
        Show(answering);
    }

    /// <summary>What answers now, for hops in the same process.</summary>
    public MetadataApi Api => _answering.Current.Api;

    /// <summary>By what answers now.</summary>
    public ValueTask<Response> HandleAsync(Request request) => Api.HandleAsync(request);

    /// <summary>The kept records, to be told of changes.</summary>
    public InstanceCache Instances => _answering.Current.Instances;

    /// <summary>What config drives are made of.</summary>
    public DriveSource Drives => _answering.Current.Drives;

    /// <summary>The server, once it is started.</summary>
    public ApiServer? Server { get; private set; }

    /// <summary>Puts the API together; opens no address and makes no connection.</summary>
    /// <exception cref="ConfigurationException">A certificate cannot be read.</exception>
    public static NovaHop Create(
        NovaConfiguration nova,
        DocumentOptions documents,
        ApiOptions options,
        ILoggerFactory loggers,
        TimeProvider time,
        AdminSocket? admin = null,
        NeutronDatabaseOptions? neutronDatabase = null
    ) => new(NovaAnswering.Create(nova, documents, options, loggers, time, admin, neutronDatabase), admin, time);

    /// <summary>Has the API answer as other files and settings say, from now on.</summary>
    public void Exchange(NovaAnswering next)
    {
        _answering.Exchange(next);
        Show(next);
    }

    void Show(NovaAnswering answering)
    {
        _admin?.Watch(answering.Instances, answering.Drives.Instances);
        _admin?.Drives.Serve(answering.Drives);
    }

    /// <summary>Opens nova.conf's address, or others instead.</summary>
    /// <exception cref="ListenException">An address cannot be had.</exception>
    /// <exception cref="ConfigurationException">A certificate cannot be read.</exception>
    public async Task StartAsync(
        NovaListenOptions listen,
        IReadOnlyList<EndPoint> instead,
        IInheritedSockets? kept,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var http = new HttpServerOptions
        {
            Addresses = [],
            Observer = _admin?.Observer,
            Supervisor = _admin?.Supervisor,
            Kept = kept,
            MaxConnections = DescriptorShares.Api(isAlone: true),
            Certificate = listen.CertificateFile is null
                ? null
                : _owned.Add(CertificateFiles.Own(listen.CertificateFile, listen.KeyFile, "[wsgi] ssl_cert_file")),
            ClientAuthorities = listen.AuthorityFile is null
                ? null
                : CertificateFiles.Authorities(listen.AuthorityFile, "[wsgi] ssl_ca_file"),
        };
        Server = await ApiServer.StartAsync(
            new ApiServerOptions
            {
                Addresses = instead.Count > 0 ? [.. instead] : [AddressOf(listen)],
                CallersAreAgents = _answering.Current.IsAskedByAgents,
                Http = http,
            },
            this,
            loggers,
            cancellationToken
        );
        _admin?.Health.Add(HopChecks.Api(Server.Addresses));
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
        await _answering.DisposeAsync();
        await _owned.DisposeAsync();
    }

    static IPEndPoint AddressOf(NovaListenOptions listen) =>
        IPAddress.TryParse(listen.Address, out var address)
            ? new(address, listen.Port)
            : throw new ConfigurationException($"[DEFAULT] metadata_listen: '{listen.Address}' is no IP address");
}
