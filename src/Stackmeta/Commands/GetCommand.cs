using System.CommandLine;
using System.Net.Sockets;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary><c>stackmeta get</c>: asks the metadata API from outside the VM, signed, as the instance's own agent would.</summary>
static class GetCommand
{
    /// <summary>Longer than the API waits inside for a store that is briefly down.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create(CommonOptions common)
    {
        var instance = new Argument<string>("INSTANCE")
        {
            Description = "The instance's uuid, or its name in the inventory",
        };
        var path = new Argument<string>("PATH")
        {
            Description = "What to ask for; a listing or a document",
            DefaultValueFactory = _ => "/",
        };
        var project = new Option<string?>("--project")
        {
            Description = "The instance's project; looked up in the inventory when not given",
            HelpName = "ID",
        };
        var api = new Option<Uri?>("--api")
        {
            Description = "The metadata API to ask (default: setting agent.api, else the first of api.listen)",
            HelpName = "URL",
            CustomParser = result =>
            {
                if (SettingKinds.HttpAddress.TryParse(result.Tokens[0].Value, out var address))
                {
                    return address;
                }
                result.AddError(
                    $"--api is '{result.Tokens[0].Value}', and must be {SettingKinds.HttpAddress.Description}."
                );
                return null;
            },
        };
        var command = new ExampleCommand(
            "get",
            "Print what the metadata API tells an instance.",
            "stackmeta get web-1",
            "stackmeta get web-1 /openstack/latest/meta_data.json",
            "stackmeta get $ID /latest/user-data --project $PROJECT --api http://10.0.0.1:8775"
        )
        {
            instance,
            path,
            project,
            api,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    common.Read(parsed),
                    parsed.GetValue(instance)!,
                    parsed.GetValue(path)!,
                    parsed.GetValue(project),
                    parsed.GetValue(api),
                    parsed.InvocationConfiguration,
                    cancellationToken
                )
        );
        return command;
    }

    static async Task<int> RunAsync(
        SettingValues settings,
        string instance,
        string path,
        string? project,
        Uri? api,
        InvocationConfiguration streams,
        CancellationToken cancellationToken
    )
    {
        var output = streams.Output;
        var folder = DataFolder.Of(settings);
        var place = InventoryPlace.Of(settings, folder);
        if (project is null)
        {
            (instance, project) = await FindAsync(place, instance, cancellationToken);
        }
        // Who names an API means that one.
        var isNamed = api is not null || settings.IsSet(KnownSettings.AgentApi);
        api ??= UsualApi(settings);
        if (!isNamed && (api is null || !await AnswersAsync(api, cancellationToken)) && place.MayExist)
        {
            using var inventory = place.OpenExisting(TimeProvider.System);
            await using var passing = await PassingApi.StartAsync(settings, inventory, cancellationToken);
            await streams.Error.WriteLineAsync(
                $"No metadata API runs{(api is null ? " here" : $" at {api}")}; this is what it would answer."
            );
            return await AskAsync(passing.Address, path, instance, project, passing.Secret, output, cancellationToken);
        }
        if (api is null)
        {
            throw new CommandException("No metadata API listens here (setting api.listen). Name one with --api.");
        }
        var secret = SharedSecret.Read(folder.SharedSecretFile);
        return await AskAsync(api, path, instance, project, secret, output, cancellationToken);
    }

    static async Task<int> AskAsync(
        Uri api,
        string path,
        string instance,
        string project,
        byte[] secret,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        using var request = Request(api, path, instance, project, secret);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            Timeout = Patience,
        };
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw new CommandException(
                    $"{api} answers {(int)answer.StatusCode} {answer.ReasonPhrase} to {path} of {instance}."
                );
            }
            await PrintAsync(answer.Content, output, cancellationToken);
            return ExitCodes.Done;
        }
        catch (HttpRequestException e)
        {
            throw new CommandException(
                $"The metadata API {api} cannot be asked: {SystemReason.Of(e)}. Is it running? Name another one with --api."
            );
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(
                $"The metadata API {api} does not answer within {Patience.TotalSeconds} seconds."
            );
        }
    }

    /// <summary>Whether anybody listens there.</summary>
    static async Task<bool> AnswersAsync(Uri api, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(api.DnsSafeHost, api.Port, cancellationToken);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (SocketException)
        {
            // What cannot be reached is told when it is asked.
            return true;
        }
    }

    /// <summary>The API of this host; null for none.</summary>
    static Uri? UsualApi(SettingValues settings)
    {
        if (settings.IsSet(KnownSettings.AgentApi) && settings.Get(KnownSettings.AgentApi) is { } api)
        {
            return api;
        }
        return settings.Get(KnownSettings.ApiListen) is [var first, ..]
            ? new($"http://{HopChecks.Reachable(first)}")
            : null;
    }

    static async Task<(string Instance, string Project)> FindAsync(
        InventoryPlace place,
        string nameOrId,
        CancellationToken cancellationToken
    )
    {
        using var inventory = place.OpenExisting(TimeProvider.System);
        var found = await inventory.Instances.FindAsync(nameOrId, cancellationToken);
        return found.IsRefused
            ? throw new CommandException(
                $"{found.Objections[0].Sentence}. Name the project with --project to ask all the same."
            )
            : (found.Value.Id, found.Value.ProjectId);
    }

    static HttpRequestMessage Request(Uri api, string path, string instance, string project, byte[] secret)
    {
        // The path as it was written: what the API makes of its dots and escapes is what one wants to see.
        var address = new Uri(
            api.GetLeftPart(UriPartial.Authority) + (path.StartsWith('/') ? path : "/" + path),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("X-Instance-ID", instance);
        request.Headers.TryAddWithoutValidation("X-Tenant-ID", project);
        request.Headers.TryAddWithoutValidation("X-Instance-ID-Signature", SignCommand.Of(secret, instance));
        return request;
    }

    /// <summary>The bytes as they came; a listing has no line end of its own, and gets one where a person reads.</summary>
    static async Task PrintAsync(HttpContent content, TextWriter output, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(output, Console.Out))
        {
            await output.WriteAsync(await content.ReadAsStringAsync(cancellationToken));
            return;
        }
        await using var standard = StandardStreams.OpenOutput();
        await content.CopyToAsync(standard, cancellationToken);
        if (!Console.IsOutputRedirected)
        {
            await standard.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }
}
