using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// A metadata API for one command, where none runs: of the same settings and the same inventory, on a port of loopback that is free, with a
/// secret that nobody else knows.
/// </summary>
sealed class PassingApi : IAsyncDisposable
{
    const int SecretBytes = 32;

    readonly Owned _owned;

    PassingApi(Owned owned, Uri address, byte[] secret) => (_owned, Address, Secret) = (owned, address, secret);

    public Uri Address { get; }

    public byte[] Secret { get; }

    /// <param name="settings">All settings.</param>
    /// <param name="inventory">Stays the caller's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SettingsException">They name something that cannot be used.</exception>
    public static async Task<PassingApi> StartAsync(
        SettingValues settings,
        OwnInventory inventory,
        CancellationToken cancellationToken
    )
    {
        settings = settings
            .With(KnownSettings.AdminListen, AdminSocket.Off)
            .With(KnownSettings.OtlpEndpoint, "off")
            .With(KnownSettings.ApiListen, $"{IPAddress.Loopback}:0");
        var time = TimeProvider.System;
        ILoggerFactory loggers = NullLoggerFactory.Instance;
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var owned = new Owned();
        try
        {
            var admin = await AdminSocket.OpenAsync(
                settings,
                DataFolder.Of(settings),
                hops: "",
                inventory,
                new Supervisor(time, loggers.CreateLogger<Supervisor>()),
                time,
                loggers,
                cancellationToken
            );
            owned.Add(admin);
            var api = ApiHop.Create(settings, secret, inventory, admin, time, loggers);
            owned.Add(api);
            await api.ListenAsync(settings, isAlone: true, kept: null, cancellationToken);
            return new(owned, new Uri($"http://{api.Addresses.First()}"), secret);
        }
        catch
        {
            await owned.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _owned.DisposeAsync();
}
