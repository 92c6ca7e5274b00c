/* The cart beside this program, driven by a policy that adapts to where it has to stop: a program in plain C.

   It shows all that a program needs of a policy. A policy is trained on the cart, and exported:

       cc -shared -fPIC -O2 -I Sources/Worlds/CPlugin/include Environments/Examples/CartInC/cart.c -o cart.so
       fledge train Environments/Examples/RobotInC/cart.yaml --plugin ./cart.so
       fledge export runs/cart-1 --out robot

   Then it needs this program, the library and the folder. With --static-swift-stdlib -Xswiftc -static-stdlib behind
   `swift build -c release --product FledgePolicy` the library needs nothing of Swift's:

       cc -O2 -I Sources/Worlds/CPlugin/include -I Sources/Program/CPolicy/include \
         Environments/Examples/RobotInC/robot.c Environments/Examples/CartInC/cart.c \
         -L .build/release -lFledgePolicy -Wl,-rpath,"$PWD/.build/release" -lm -o drive
       ./drive robot 0.8
*/
#include "fledge_plugin.h"
#include "fledge_policy.h"

#include <stdio.h>
#include <stdlib.h>

/* What cart.c exports. */
const fledge_plugin_contents *fledge_plugin(void);

enum { EPISODES = 20, STEPS = 100, OBSERVATIONS = 2 };

/* Ends the program where something failed. */
static void require(bool works, const char *what, const char *why) {
  if (works) return;
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

/* The return of one episode. */
static double episode(const fledge_environment *cart, void *world, fledge_policy *policy,
                      int32_t mode, uint64_t seed) {
  char message[256] = "";
  fledge_error error = {message, sizeof message, -1};
  int32_t first = 0;
  float observation[OBSERVATIONS], action, reward, sum = 0;
  bool terminated = false;
  require(cart->reset(world, 1, &first, &seed, observation, &error), "reset", message);
  require(fledge_policy_begin(policy, mode), "begin", fledge_policy_error(policy));
  for (int step = 0; step < STEPS && !terminated; step++) {
    require(fledge_policy_act(policy, observation, &action), "act", fledge_policy_error(policy));
    require(cart->step(world, 1, &first, &action, observation, &reward, &terminated, &error),
            "step", message);
    require(fledge_policy_observe(policy, reward), "observe", fledge_policy_error(policy));
    sum += reward;
  }
  require(fledge_policy_end(policy, observation, terminated), "end", fledge_policy_error(policy));
  return sum;
}

/* The mean return of some episodes. */
static double mean(const fledge_environment *cart, void *world, fledge_policy *policy, int32_t mode,
                   uint64_t seed) {
  double sum = 0;
  for (int index = 0; index < EPISODES; index++) {
    sum += episode(cart, world, policy, mode, seed + (uint64_t)index);
  }
  return sum / EPISODES;
}

int main(int count, char **arguments) {
  require(count == 3 || count == 4, "usage", "drive FOLDER TARGET [FOLDER TO SAVE TO]");
  char message[256] = "";
  fledge_error error = {message, sizeof message, -1};
  fledge_policy *policy = fledge_policy_open(arguments[1], 1, message, sizeof message);
  require(policy, "open", message);
  require(fledge_policy_observation_width(policy) == OBSERVATIONS && fledge_policy_action_width(policy) == 1,
          "open", "the cart has 2 observations and 1 action, the policy others");
  require(fledge_policy_make_room(policy, EPISODES, STEPS), "room", fledge_policy_error(policy));

  const fledge_environment *cart = fledge_plugin()->environments;
  void *environment = cart->create(cart->context, "{}", &error);
  require(environment, "cart", message);
  void *world = cart->make_worlds(environment, 1, &error);
  require(world, "cart", message);
  char task[64];
  snprintf(task, sizeof task, "{\"target\": %s}", arguments[2]);
  require(cart->set_task(world, task, &error), "task", message);

  printf("as it was trained        %8.2f\n", mean(cart, world, policy, FLEDGE_DRAW, 1000));
  for (int step = 1; step <= 3; step++) {
    mean(cart, world, policy, FLEDGE_EXPLORE, 100 * (uint64_t)step);
    require(fledge_policy_adapt(policy, 1), "adapt", fledge_policy_error(policy));
    printf("after %2d episodes        %8.2f\n", step * EPISODES,
           mean(cart, world, policy, FLEDGE_DRAW, 1000));
  }
  if (count == 4) {
    require(fledge_policy_save(policy, arguments[3]), "save", fledge_policy_error(policy));
  }
  fledge_policy_close(policy);
  cart->free_worlds(world);
  cart->destroy(environment);
  return 0;
}
