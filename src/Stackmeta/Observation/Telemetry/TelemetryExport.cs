using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Stackmeta.Http;

namespace Stackmeta;

/// <summary>
/// Sends spans and metrics to an OpenTelemetry collector over OTLP, by OpenTelemetry's own library. Requests never wait for it: spans go
/// through a bounded queue, and what a collector does not take is dropped. Where no collector is named there is nothing of this, and nobody
/// listens to the observer's spans.
/// </summary>
sealed class TelemetryExport : IDisposable
{
    /// <summary>Names the collector where the settings do not.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>
    /// How long a stop may wait for the last spans, and again for the last metrics: a stop has other work, and a collector may be dead.
    /// </summary>
    const int StopMilliseconds = 2000;

    readonly TracerProvider _traces;
    readonly MeterProvider _metrics;

    TelemetryExport(IConfiguration configuration, TelemetryDelivery delivery)
    {
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .ConfigureResource(Describe)
            .AddSource(RequestObserver.Name)
            .AddOtlpExporter(options => Deliver(options, delivery))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .ConfigureResource(Describe)
            .AddMeter(RequestObserver.Name)
            .AddOtlpExporter(options => Deliver(options, delivery))
            .Build();
    }

    /// <summary>Begins to send, if settings or environment name a collector.</summary>
    /// <param name="settings">Names a collector or says that there is none.</param>
    /// <param name="environment">OpenTelemetry's variables.</param>
    /// <param name="loggers">Told of a collector that does not take what it is sent.</param>
    /// <returns>To be disposed of before the observer; null when nobody is named.</returns>
    /// <exception cref="SettingsException">The environment's endpoint is no address.</exception>
    public static TelemetryExport? Start(SettingValues settings, IConfiguration environment, ILoggerFactory loggers)
    {
        if (EndpointOf(settings, environment)?.ToString() is not { } endpoint)
        {
            return null;
        }
        // All else is as OpenTelemetry's variables say: protocol, headers, sampler, intervals, resource.
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(environment)
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    [EndpointVariable] = endpoint,
                    // The library's own choice is gRPC, which not every collector's address takes; the specification's is this.
                    [ProtocolVariable] = environment[ProtocolVariable] ?? "http/protobuf",
                }
            )
            .Build();
        var logger = loggers.CreateLogger<TelemetryExport>();
        var export = new TelemetryExport(configuration, new TelemetryDelivery(endpoint, logger));
        Log.TelemetryExported(logger, endpoint);
        return export;
    }

    public void Dispose()
    {
        _traces.Shutdown(StopMilliseconds);
        _metrics.Shutdown(StopMilliseconds);
        _traces.Dispose();
        _metrics.Dispose();
    }

    static Uri? EndpointOf(SettingValues settings, IConfiguration environment)
    {
        if (settings.IsSet(KnownSettings.OtlpEndpoint))
        {
            return settings.Get(KnownSettings.OtlpEndpoint);
        }
        if (environment[EndpointVariable] is not { Length: > 0 } text)
        {
            return null;
        }
        // The library would take its own default for what it cannot read.
        return SettingKinds.CollectorAddress.TryParse(text, out var endpoint)
            ? endpoint
            : throw new SettingsException([
                new(EndpointVariable, $"it must be {SettingKinds.CollectorAddress.Description}."),
            ]);
    }

    /// <summary>OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so that they win.</summary>
    static void Describe(ResourceBuilder resource) =>
        resource
            .Clear()
            .AddTelemetrySdk()
            .AddService("stackmeta", serviceVersion: Version)
            .AddAttributes([new("host.name", Environment.MachineName)])
            .AddEnvironmentVariableDetector();

    static string? Version =>
        typeof(TelemetryExport)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion;

    static void Deliver(OtlpExporterOptions options, TelemetryDelivery delivery)
    {
        var timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
        options.HttpClientFactory = () => new HttpClient(delivery.CreateHandler()) { Timeout = timeout };
    }
}
