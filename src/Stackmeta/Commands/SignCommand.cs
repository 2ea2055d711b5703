using System.CommandLine;
using Stackmeta.Core.Refusals;

namespace Stackmeta;

/// <summary>
/// <c>stackmeta sign</c>: the signature that proves an instance id to the metadata API, for use with curl from outside the VM.
/// </summary>
static class SignCommand
{
    public static Command Create(CommonOptions common)
    {
        var instance = new Argument<string>("INSTANCE")
        {
            Description = "The instance's uuid, signed as it is written, or its name in the inventory",
        };
        var command = new ExampleCommand(
            "sign",
            "Print the X-Instance-ID-Signature of an instance id.",
            "stackmeta sign web-1",
            "curl -H \"X-Instance-ID: $ID\" -H \"X-Tenant-ID: $PROJECT\" -H \"X-Instance-ID-Signature: $(stackmeta sign $ID)\" http://127.0.0.1:8775/openstack"
        )
        {
            instance,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                var named = parsed.GetValue(instance)!;
                var id = Guid.TryParseExact(named, "D", out _)
                    ? named
                    : (await NamedInventory.InstanceAsync(named, settings, cancellationToken)).Id;
                await parsed.InvocationConfiguration.Output.WriteLineAsync(Of(ReadSecret(settings), id));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary>Where a store is, the first start would make the secret: its signatures are those from then on.</summary>
    static byte[] ReadSecret(SettingValues settings)
    {
        var folder = DataFolder.Of(settings);
        return !settings.IsSet(KnownSettings.SharedSecretFile) && InventoryPlace.Of(settings, folder).MayExist
            ? SharedSecret.ReadOrMake(folder.Make().SharedSecretFile)
            : SharedSecret.Read(folder.SharedSecretFile);
    }

    /// <summary>The signature of an instance id.</summary>
    public static string Of(byte[] secret, string instanceId)
    {
        using var signature = new InstanceSignature(secret);
        return signature.Sign(instanceId);
    }
}
