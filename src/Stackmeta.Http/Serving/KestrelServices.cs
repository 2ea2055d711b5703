using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Http;

/// <summary>
/// The services that Kestrel is made of. They are internal and registered through a web host's builder only, so this is the least
/// of such a builder: a list of services, without configuration, environment or host.
/// </summary>
sealed class KestrelServices : IWebHostBuilder
{
    readonly ServiceCollection _services = new();

    /// <summary>Kestrel's services, its options set.</summary>
    /// <param name="transport">Accepts the connections instead of Kestrel's own sockets; null for those.</param>
    public static ServiceProvider Create(
        ILoggerFactory loggers,
        Action<KestrelServerOptions> configure,
        Action<SocketTransportOptions> configureTransport,
        IConnectionListenerFactory? transport
    )
    {
        var builder = new KestrelServices();
        var services = builder._services;
        services.AddSingleton(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddOptions();
        services.AddMetrics();
        services.AddSingleton<DiagnosticSource>(static _ => new DiagnosticListener("Stackmeta.Http"));
        builder.UseKestrelCore();
        services.Configure(configure);
        services.Configure(configureTransport);
        if (transport is not null)
        {
            // Kestrel takes the last one registered that can bind the address.
            services.AddSingleton(transport);
        }
        return services.BuildServiceProvider();
    }

    public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
    {
        configureServices(_services);
        return this;
    }

    public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
    {
        configureServices(new WebHostBuilderContext(), _services);
        return this;
    }

    public IWebHostBuilder ConfigureAppConfiguration(
        Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate
    ) => this;

    public string? GetSetting(string key) => null;

    public IWebHostBuilder UseSetting(string key, string? value) => this;

    // The interface asks for it; nobody calls it.
#pragma warning disable ASPDEPR008
    public IWebHost Build() => throw new NotSupportedException();
#pragma warning restore ASPDEPR008
}
